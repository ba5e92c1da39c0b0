package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One VMM process, started by this daemon or by one before it. */
final class HostedProcess implements VmmProcess {

    private static final Logger LOG = LoggerFactory.getLogger(HostedProcess.class);
    private static final int SIGTERM = 15;

    private final long pid;
    private final long startTicks;
    private final Pidfd pidfd;
    private final HostUnits units;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private boolean held = true;

    /** {@code pidfd} must have been opened before the start ticks were compared. */
    HostedProcess(long pid, long startTicks, Pidfd pidfd, HostUnits units) {
        this.pid = pid;
        this.startTicks = startTicks;
        this.pidfd = pidfd;
        this.units = units;
    }

    /**
     * Has the exit noticed and, where the process may be a child of ours, taken, so that no zombie
     * stays. Whoever learns of it finds the hold given up.
     */
    void watchedBy(ExitWatch watch, boolean mayBeOurs) throws IOException {
        pidfd.watch(watch, () -> inThread(() -> exited(mayBeOurs)));
    }

    private void exited(boolean mayBeOurs) {
        Exit how = mayBeOurs ? reaped() : Reaper.UNKNOWN;
        letGo();
        exit.complete(how);
    }

    private Exit reaped() {
        try {
            return pidfd.reap();
        } catch (IOException | VmException e) {
            LOG.warn("how VMM process {} exited cannot be learnt", pid, e);
            return Reaper.UNKNOWN;
        }
    }

    /**
     * Gives up the hold on the process, which lives on or has exited. Returns when that is done.
     */
    synchronized void letGo() {
        if (!held) {
            return;
        }
        held = false;
        try {
            pidfd.close();
        } catch (IOException | VmException e) {
            LOG.warn("descriptor of VMM process {} cannot be closed", pid, e);
        }
    }

    @Override
    public long pid() {
        return pid;
    }

    long startTicks() {
        return startTicks;
    }

    @Override
    public boolean alive() {
        return !exit.isDone() && looked(() -> Proc.stat(pid)).filter(this::isThis).isPresent();
    }

    @Override
    public void onExit(Consumer<Exit> callback) {
        var _ = exit.thenAcceptAsync(callback, this::inThread).whenComplete(this::logFailure);
    }

    private void inThread(Runnable task) {
        Thread.ofVirtual().name("vmm-exit-" + pid).start(task);
    }

    private void logFailure(@Nullable Void nothing, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.error("handling the exit of VMM process {} failed", pid, failure);
        }
    }

    @Override
    public boolean awaitExit(Duration limit) {
        try {
            exit.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable("interrupted while a VMM was ending", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an exit never fails", e);
        }
    }

    @Override
    public void terminate() {
        signal(SIGTERM);
    }

    @Override
    public void kill() {
        signal(Libc.SIGKILL);
    }

    private void signal(int number) {
        if (exit.isDone()) {
            return;
        }
        try {
            pidfd.signal(number);
        } catch (IOException e) {
            throw VmException.unavailable("the VMM process cannot be signalled", e);
        }
    }

    @Override
    public Optional<Long> residentBytes() {
        return alive() ? looked(() -> Proc.residentPages(pid)).map(units::bytes) : Optional.empty();
    }

    @Override
    public Duration cpuTime(List<Long> threadIds) {
        if (!alive()) {
            return Duration.ZERO;
        }
        long ticks = threadIds.stream().mapToLong(this::ticksOfThread).sum();
        return units.time(ticks);
    }

    private long ticksOfThread(long thread) {
        return looked(() -> Proc.threadStat(pid, thread)).map(Proc.Stat::cpuTicks).orElse(0L);
    }

    @Override
    public List<Long> threadsNamed(String prefix) {
        return alive() ? looked(() -> Proc.threadsNamed(pid, prefix)) : List.of();
    }

    private boolean isThis(Proc.Stat stat) {
        return stat.startTicks() == startTicks && stat.alive();
    }

    private static <T> T looked(Look<T> look) {
        try {
            return look.at();
        } catch (IOException e) {
            throw VmException.unavailable("the VMM process cannot be looked at", e);
        }
    }

    @FunctionalInterface
    private interface Look<T> {
        T at() throws IOException;
    }
}
