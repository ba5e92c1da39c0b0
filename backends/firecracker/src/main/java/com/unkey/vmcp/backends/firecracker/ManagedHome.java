package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Processes of the VM's own, one after the other. */
final class ManagedHome implements Home {

    private final ProcessStarter starter;
    private final MetricsFile metrics;
    private volatile Optional<FcProcess> present;
    private volatile Ending last;

    private ManagedHome(ProcessStarter starter, Optional<FcProcess> present, Ending last) {
        this.starter = starter;
        this.metrics = starter.metrics();
        this.present = present;
        this.last = last;
    }

    /** With a process that lives. */
    static ManagedHome of(ProcessStarter starter, FcProcess process) {
        return new ManagedHome(
                starter, Optional.of(process), new Ending.Lost("Firecracker was ended"));
    }

    /** Whose last process has ended in that way. */
    static ManagedHome left(ProcessStarter starter, Ending last) {
        return new ManagedHome(starter, Optional.empty(), last);
    }

    private FcProcess require() {
        return present.orElseThrow(() -> VmException.unavailable("Firecracker has ended"));
    }

    @Override
    public FcApi api() {
        return require().api();
    }

    @Override
    public Optional<Ending> ending() {
        Optional<FcProcess> known = present;
        return known.isPresent() ? known.get().ending() : Optional.of(last);
    }

    @Override
    public Optional<Ending> endingAfter(VmException silent) {
        Optional<FcProcess> known = present;
        return known.isPresent() ? known.get().endingSoon() : Optional.of(last);
    }

    @Override
    public void started() {
        present.ifPresent(FcProcess::started);
    }

    @Override
    public Optional<Duration> lifetime() {
        return present.flatMap(FcProcess::lifetime);
    }

    @Override
    public void makeWay() {
        present.ifPresent(FcProcess::dismiss);
        last = new Ending.Lost("Firecracker was ended for another to follow");
        present = Optional.empty();
    }

    @Override
    public void follow() {
        present = Optional.of(starter.start(starter.prepare()));
    }

    /** A kernel that is no better yet is no reason to end anything. */
    @Override
    public void renew() {
        starter.requireKernel();
        makeWay();
        follow();
    }

    @Override
    public void end() {
        present.ifPresent(FcProcess::stop);
    }

    @Override
    public OptionalLong pid() {
        return present.map(known -> OptionalLong.of(known.process().pid()))
                .orElse(OptionalLong.empty());
    }

    @Override
    public long memoryBytes() {
        return require()
                .process()
                .residentBytes()
                .orElseThrow(() -> VmException.unavailable("Firecracker has ended"));
    }

    @Override
    public Duration vcpuTime() {
        var process = require().process();
        return process.cpuTime(process.threadsNamed(VCPU_THREAD));
    }

    @Override
    public MetricsFile metrics() {
        return metrics;
    }

    @Override
    public void close() {
        present.ifPresent(FcProcess::close);
    }
}
