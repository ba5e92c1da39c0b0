package com.unkey.vmcp.testkit.vmm;

import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.VmmProcess.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A fake that somebody else has started. */
final class ForeignVmm implements ForeignProcess {

    private final PlayedVmm process;
    private final AtomicBoolean closed = new AtomicBoolean();

    ForeignVmm(PlayedVmm process) {
        this.process = process;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean alive() {
        return process.alive();
    }

    @Override
    public void onExit(Consumer<Exit> callback) {
        process.onExit(
                _ -> {
                    if (!closed.get()) {
                        callback.accept(new Exit(OptionalInt.empty()));
                    }
                });
    }

    @Override
    public Optional<Long> residentBytes() {
        return process.residentBytes();
    }

    @Override
    public Duration cpuTime(List<Long> threadIds) {
        return process.cpuTime(threadIds);
    }

    @Override
    public List<Long> threadsNamed(String prefix) {
        return process.threadsNamed(prefix);
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
