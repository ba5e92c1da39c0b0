package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Cloud Hypervisors with the counting guest, below one directory. */
abstract class ChBench implements HypervisorBench {

    private final Path guest;
    private ProcessHost host;
    private CloudHypervisor hypervisor;

    ChBench(Path root) throws IOException {
        this.guest =
                MiniGuest.tickWithPowerButton(MiniGuest.Machine.CLOUD_HYPERVISOR).writeTo(root);
    }

    /** Starts what a daemon has of processes. */
    abstract ProcessHost openHost();

    /** Lets go of all processes as a daemon does that ends. */
    abstract void closeHost();

    /** Program that the daemon finds. */
    abstract Optional<Path> binary();

    final ChBench open() {
        host = openHost();
        hypervisor = CloudHypervisor.open(host, settings());
        return this;
    }

    CloudHypervisorSettings settings() {
        return new CloudHypervisorSettings(binary(), Optional.empty(), Path.of("/nonexistent"));
    }

    final ProcessHost host() {
        return host;
    }

    final Path guest() {
        return guest;
    }

    @Override
    public final CloudHypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    public final void restartDaemon() {
        hypervisor.close();
        closeHost();
        open();
    }

    @Override
    public final LaunchPlan newVm() {
        return Vms.of(guest).plan();
    }

    /** Cloud Hypervisor looks at files only when it boots, but makes the console file at once. */
    @Override
    public final LaunchPlan newVmThatCannotStart() {
        Path nowhere = guest.resolveSibling("no-directory").resolve("console.log");
        return Vms.of(guest)
                .console(new Console(true, nowhere.toString(), "", "file"), Optional.of(nowhere))
                .plan();
    }

    /** Each start of the guest begins its console anew, so the VMM's own count is taken. */
    @Override
    public final int starts(LaunchPlan vm) {
        long begun =
                new EventReader(files(vm).events())
                        .read().stream()
                                .map(VmEvent::name)
                                .filter(List.of("booted", "rebooted")::contains)
                                .count();
        return (int) (lines(vm).contains("00000001") ? begun : Math.max(0, begun - 1));
    }

    @Override
    public final long progress(LaunchPlan vm) {
        return lines(vm).size();
    }

    private List<String> lines(LaunchPlan vm) {
        return console(vm).lines().toList();
    }

    /** What the guest has said since it was last started; empty before it could. */
    final String console(LaunchPlan vm) {
        Path file = files(vm).console().orElseThrow();
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final RunFiles files(LaunchPlan vm) {
        return RunFiles.of(host.runDirectory(vm.shortId()), vm);
    }

    @Override
    public final void crash(LaunchPlan vm) {
        host.find(vm.shortId()).orElseThrow().kill();
    }

    @Override
    public final boolean lives(LaunchPlan vm) {
        return host.find(vm.shortId()).isPresent();
    }

    @Override
    public final boolean leftBehind(LaunchPlan vm) {
        return host.list().contains(vm.shortId());
    }

    @Override
    public final void close() {
        host.list().forEach(host::discard);
        hypervisor.close();
        closeHost();
    }
}
