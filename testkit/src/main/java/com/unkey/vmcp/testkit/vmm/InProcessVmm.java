package com.unkey.vmcp.testkit.vmm;

import com.unkey.vmcp.core.port.VmmProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A fake process as a daemon sees it.
 *
 * @param child whether this daemon has spawned it; of others the exit code is not known
 */
record InProcessVmm(PlayedVmm process, boolean child) implements VmmProcess {

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
        process.onExit(code -> callback.accept(exit(code)));
    }

    private Exit exit(int code) {
        return new Exit(child ? OptionalInt.of(code) : OptionalInt.empty());
    }

    @Override
    public boolean awaitExit(Duration limit) {
        return process.awaitExit(limit).isPresent();
    }

    /** Returns at once, as a signal does. */
    @Override
    public void terminate() {
        Thread.ofVirtual().name("sigterm").start(process::terminate);
    }

    @Override
    public void kill() {
        Thread.ofVirtual().name("sigkill").start(process::kill);
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
}
