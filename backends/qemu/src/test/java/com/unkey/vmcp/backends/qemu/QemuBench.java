package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.qemu.accel.Accelerator;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Real QEMUs under TCG with the counting guest, below one directory. */
final class QemuBench implements HypervisorBench {

    private static final long OUTPUT_LIMIT = 1 << 20;

    private final Path root;
    private final Machine machine;
    private final Path guest;
    private StateDirectory state;
    private LinuxProcessHost host;
    private QemuHypervisor hypervisor;

    QemuBench(Path root, Machine machine) throws IOException {
        this.root = root;
        this.machine = machine;
        this.guest =
                MiniGuest.tickWithPowerButton(
                                MiniGuest.Machine.valueOf(machine.name().toUpperCase(Locale.ROOT)))
                        .writeTo(root);
        open();
    }

    private void open() {
        state = StateDirectory.open(root.resolve("state"), QemuHypervisor.SOCKET_NAME);
        host = LinuxProcessHost.open(state, OUTPUT_LIMIT, () -> {});
        hypervisor =
                QemuHypervisor.create(
                        host, new QemuSettings(Optional.empty(), machine, _ -> Accelerator.TCG));
    }

    LinuxProcessHost host() {
        return host;
    }

    Path guest() {
        return guest;
    }

    @Override
    public Hypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    public void restartDaemon() {
        host.close();
        state.close();
        open();
    }

    @Override
    public LaunchPlan newVm() {
        return Vms.of(guest).plan();
    }

    @Override
    public LaunchPlan newVmThatCannotStart() {
        return Vms.of(root.resolve("no-kernel")).plan();
    }

    @Override
    public int starts(LaunchPlan vm) {
        return (int) lines(vm).stream().filter("00000001"::equals).count();
    }

    @Override
    public long progress(LaunchPlan vm) {
        return lines(vm).size();
    }

    private List<String> lines(LaunchPlan vm) {
        return console(vm).lines().toList();
    }

    /** What the guest has said so far; empty before it could. */
    String console(LaunchPlan vm) {
        Path file = host.runDirectory(vm.shortId()).resolve("console.log");
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void crash(LaunchPlan vm) {
        host.find(vm.shortId()).orElseThrow().kill();
    }

    @Override
    public boolean lives(LaunchPlan vm) {
        return host.find(vm.shortId()).isPresent();
    }

    @Override
    public boolean leftBehind(LaunchPlan vm) {
        return host.list().contains(vm.shortId());
    }

    @Override
    public void close() {
        host.list().forEach(host::discard);
        host.close();
        state.close();
    }
}
