package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.Startup;
import com.unkey.vmcp.backends.adapter.VmmBinary;
import com.unkey.vmcp.backends.qemu.accel.Accelerator;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * QEMU. Each VM has a process of its own, which stays when its guest powers off, so that even a
 * daemon that was not there finds out how the guest ended.
 */
public final class QemuHypervisor implements Hypervisor {

    public static final BackendName NAME = new BackendName("qemu");

    /** Name of the socket in a run directory, for whoever checks how long its path gets. */
    public static final String SOCKET_NAME = RunFiles.MONITOR;

    private static final Logger log = LoggerFactory.getLogger(QemuHypervisor.class);

    private final ProcessHost host;
    private final QemuSettings settings;
    private final QemuBinary binary;
    private final TapDevices taps;

    /** Spares every look at a VM a look at its file. */
    private final Map<ShortId, LaunchNote> notes = new ConcurrentHashMap<>();

    private QemuHypervisor(
            ProcessHost host, QemuSettings settings, QemuBinary binary, TapDevices taps) {
        this.host = host;
        this.settings = settings;
        this.binary = binary;
        this.taps = taps;
    }

    /** Does not look for QEMU yet. */
    public static QemuHypervisor create(ProcessHost host, QemuSettings settings) {
        return new QemuHypervisor(
                host,
                settings,
                new QemuBinary(VmmBinary.onPath(QemuBinary.PROGRAM, settings.binary())),
                new TapDevices(Path.of("/sys/class/net")));
    }

    @Override
    public BackendName name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.values());
    }

    @Override
    public BackendProfile profile() {
        return Profile.of(settings.machine());
    }

    @Override
    public BackendHealth health() {
        try {
            return new BackendHealth.Healthy(binary.find().version());
        } catch (VmException e) {
            return new BackendHealth.Unhealthy(e.failure().message());
        }
    }

    @Override
    public List<Violation> unsupported(VmSpec spec) {
        return SpecLimits.check(spec, settings.machine(), cpuFlags());
    }

    /** A spec can be judged without QEMU too, but for the names of features. */
    private Set<String> cpuFlags() {
        try {
            return binary.find().cpuFlags();
        } catch (VmException e) {
            return Set.of();
        }
    }

    @Override
    public Vmm launch(LaunchPlan plan, Runnable onChange) {
        requireSupported(plan);
        requireNone(plan);
        RunFiles files = files(plan);
        QemuBinary.Found found = binary.find();
        Accelerator accelerator = settings.picker().pick(found.path());
        host.makeRunDirectory(plan.shortId());
        files.prepare();
        note(plan, files, found, accelerator);
        QemuCommandLine.Setup setup =
                new QemuCommandLine.Setup(
                        found.path(),
                        settings.machine(),
                        accelerator,
                        files,
                        QemuHypervisor::isBlockDevice);
        VmmProcess process = host.spawn(spawn(plan, files, QemuCommandLine.of(plan, setup)));
        QemuVmm vmm = new QemuVmm(plan, process, files, taps, onChange);
        Startup.await(QemuBinary.PROGRAM.title(), vmm);
        taps.bringUp(TapDevices.names(plan));
        vmm.watch();
        return vmm;
    }

    /** The machine type may be another than when the VM was made. */
    private void requireSupported(LaunchPlan plan) {
        List<Violation> violations = unsupported(plan.definition().spec());
        if (!violations.isEmpty()) {
            throw new VmException(new VmFailure.Unsupported(violations));
        }
    }

    /** Its files must not be cleared away from under one that lives. */
    private void requireNone(LaunchPlan plan) {
        if (host.find(plan.shortId()).isPresent()) {
            throw VmException.unavailable("a QEMU of this VM runs already");
        }
    }

    private ProcessHost.Spawn spawn(LaunchPlan plan, RunFiles files, List<String> command) {
        return new ProcessHost.Spawn(
                new ProcessHost.VmmLaunch(plan.shortId(), NAME, plan.generation()),
                files.monitor(),
                command,
                files.log(),
                files.outputs());
    }

    private static boolean isBlockDevice(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).isOther();
        } catch (IOException e) {
            // QEMU will say what is wrong with it.
            return false;
        }
    }

    @Override
    public Adoption adopt(LaunchPlan plan, Runnable onChange) {
        RunFiles files = files(plan);
        Optional<VmmProcess> process = host.find(plan.shortId());
        if (process.isEmpty()) {
            return new Adoption.Dead(
                    files.lastWords(plan).after("QEMU ended while nobody watched"));
        }
        QemuVmm vmm = new QemuVmm(plan, process.get(), files, taps, onChange);
        vmm.watch();
        return new Adoption.Living(vmm);
    }

    @Override
    public Map<String, String> describe(LaunchPlan plan) {
        RunFiles files = files(plan);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("vmm", NAME.value());
        files.console().ifPresent(console -> facts.put("console_path", console.toString()));
        facts.put("log_path", files.log().toString());
        note(plan, files)
                .ifPresentOrElse(
                        note -> {
                            facts.put("vmm_version", note.version());
                            facts.put("machine", note.machine());
                            facts.put("accelerator", note.accelerator());
                        },
                        () -> facts.put("vmm_version", version()));
        return facts;
    }

    private void note(
            LaunchPlan plan, RunFiles files, QemuBinary.Found found, Accelerator accelerator) {
        LaunchNote note =
                new LaunchNote(
                        found.version(), settings.machine().label(), accelerator.accel(), Map.of());
        note.save(files.note());
        notes.put(plan.shortId(), note);
    }

    /** A note that cannot be read is no reason to tell nothing. */
    private Optional<LaunchNote> note(LaunchPlan plan, RunFiles files) {
        LaunchNote known = notes.get(plan.shortId());
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Optional<LaunchNote> loaded = LaunchNote.load(files.note());
            loaded.ifPresent(note -> notes.put(plan.shortId(), note));
            return loaded;
        } catch (VmException e) {
            log.warn("the facts of a launch are lost", e);
            return Optional.empty();
        }
    }

    private String version() {
        return switch (health()) {
            case BackendHealth.Healthy(String version) -> version;
            case BackendHealth.Unhealthy _ -> "unknown";
        };
    }

    private RunFiles files(LaunchPlan plan) {
        return RunFiles.of(host.runDirectory(plan.shortId()), plan);
    }

    @Override
    public void discard(ShortId id) {
        host.discard(id);
        notes.remove(id);
    }
}
