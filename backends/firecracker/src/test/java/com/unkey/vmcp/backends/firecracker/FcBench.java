package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
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

/** Firecrackers with the counting guest, below one directory. */
abstract class FcBench implements HypervisorBench {

    private final Path root;
    private final Path guest;
    private boolean restartAfterReset;
    private ProcessHost host;
    private Firecracker hypervisor;

    FcBench(Path root) throws IOException {
        this.root = root;
        this.guest = MiniGuest.tickWithPowerButton(MiniGuest.Machine.FIRECRACKER).writeTo(root);
    }

    /** Starts what a daemon has of processes. */
    abstract ProcessHost openHost();

    /** Lets go of all processes as a daemon does that ends. */
    abstract void closeHost();

    /** Program that the daemon finds. */
    abstract Optional<Path> binary();

    final FcBench open() {
        host = openHost();
        hypervisor = Firecracker.open(host, settings());
        return this;
    }

    /** From the next daemon on. */
    final void restartAfterReset(boolean restart) {
        restartAfterReset = restart;
    }

    FirecrackerSettings settings() {
        return new FirecrackerSettings(
                binary(),
                Optional.empty(),
                Path.of("/nonexistent"),
                restartAfterReset,
                root.resolve("kernels"),
                jail());
    }

    /** How processes are jailed. */
    Optional<JailSettings> jail() {
        return Optional.empty();
    }

    final ProcessHost host() {
        return host;
    }

    final Path guest() {
        return guest;
    }

    @Override
    public final Firecracker hypervisor() {
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

    /** Firecracker opens an initrd as soon as it is told of it. */
    @Override
    public final LaunchPlan newVmThatCannotStart() {
        return Vms.of(guest).initrd(guest.resolveSibling("no-initrd")).plan();
    }

    /** Each process begins the console anew, so they are counted. */
    @Override
    public final int starts(LaunchPlan vm) {
        int processes = note(vm).map(LaunchNote::processes).orElse(0);
        return lines(vm).contains("00000001") ? processes : Math.max(0, processes - 1);
    }

    final Optional<LaunchNote> note(LaunchPlan vm) {
        return LaunchNote.FORMAT.load(RunFiles.note(host.runDirectory(vm.shortId())));
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
        Path file = RunFiles.of(host.runDirectory(vm.shortId()), vm).console().orElseThrow();
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    public boolean leftBehind(LaunchPlan vm) {
        return host.list().contains(vm.shortId());
    }

    @Override
    public final void close() {
        host.list().forEach(hypervisor::discard);
        hypervisor.close();
        closeHost();
    }
}
