package com.unkey.vmcp.testkit.vmm;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** One VMM process, played in this JVM. */
public abstract class PlayedVmm implements RunningVmm {

    /** How a process ends that is killed, as a shell counts. */
    public static final int KILLED = 128 + 9;

    private final long pid;
    private final long residentBytes;
    private final ThreadTimes threads;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    /**
     * What a process is started with.
     *
     * @param pid what it takes for its pid
     * @param arguments the command line without the program
     */
    public record Launch<F extends Faults<F>>(
            long pid,
            Path workingDirectory,
            List<String> arguments,
            F faults,
            OutputStream standardOutput,
            OutputStream standardError) {

        public Launch {
            arguments = List.copyOf(arguments);
        }
    }

    /** Starts processes of one kind. */
    @FunctionalInterface
    public interface Program<F extends Faults<F>> {
        /** Whatever is wrong shows in the exit code and the output. */
        PlayedVmm start(Launch<F> launch);
    }

    /**
     * Begins a process.
     *
     * @param vcpu what its vCPUs' threads are called, before their number
     */
    protected PlayedVmm(long pid, String vcpu, long residentBytes) {
        this.pid = pid;
        this.residentBytes = residentBytes;
        this.threads = new ThreadTimes(pid, vcpu);
    }

    /** The guest that runs or is paused, if there is one. */
    protected abstract Optional<PlayedGuest> guest();

    /** How many vCPUs it has. */
    protected abstract int vcpus();

    /** From now on others find it by its pid. */
    protected final void beKnown() {
        FakePids.add(this);
    }

    /** The process is gone. */
    protected final void exited(int code) {
        exit.complete(code);
    }

    /** Writes a line to one of its outputs. */
    protected static void say(OutputStream output, String words) {
        try {
            output.write((words + "\n").getBytes(StandardCharsets.UTF_8));
            output.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the process's output cannot be written", e);
        }
    }

    @Override
    public final long pid() {
        return pid;
    }

    @Override
    public final boolean alive() {
        return !exit.isDone();
    }

    /** Tells the exit code once the process is gone, or at once where it is. */
    public final void onExit(IntConsumer callback) {
        var _ = exit.thenAccept(callback::accept);
    }

    @Override
    public final OptionalInt awaitExit(Duration limit) {
        try {
            return OptionalInt.of(exit.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a played VMM has failed", e);
        }
    }

    final Optional<Long> residentBytes() {
        return alive() ? Optional.of(residentBytes) : Optional.empty();
    }

    /** Ids of the threads whose name begins so; only those of vCPUs are known. */
    final List<Long> threadsNamed(String prefix) {
        return running().map(guest -> threads.of(guest, vcpus(), prefix)).orElse(List.of());
    }

    /** How long those threads have run together; threads of an earlier start count 0. */
    final Duration cpuTime(List<Long> threadIds) {
        return running().map(guest -> threads.time(guest, threadIds)).orElse(Duration.ZERO);
    }

    private Optional<PlayedGuest> running() {
        return alive() ? guest() : Optional.empty();
    }
}
