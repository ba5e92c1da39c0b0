package com.unkey.vmcp.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One Cloud Hypervisor process, played: a real server on a real socket with the states, answers,
 * events and exit codes of the real program, and a guest that counts aloud on its serial port. It
 * needs neither KVM nor a process of its own.
 *
 * <p>Guests differ by their kernel's file name, see {@link GuestKind}. Not played: snapshots,
 * migration, virtio-fs, vsock, pmem and pass-through devices; a pty is a plain file in the working
 * directory. Safe on every thread.
 */
public final class FakeCloudHypervisor {

    /** How a killed process ends, as a shell counts. */
    static final int KILLED = 128 + 9;

    private static final long RESIDENT_BYTES = 10_800_000;
    private static final int CLEAN = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private final long pid;
    private final FakeFaults faults;
    private final OutputStream output;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final ThreadTimes threads;
    private volatile @Nullable Running running;

    private record Running(
            FakeOptions options,
            EventMonitor events,
            FakeVmm vmm,
            ApiServer server,
            FileChannel lock) {}

    private FakeCloudHypervisor(long pid, FakeFaults faults, OutputStream output) {
        this.pid = pid;
        this.faults = faults;
        this.output = output;
        this.threads = new ThreadTimes(pid);
    }

    /**
     * Starts a process. Whatever is wrong with the arguments or the system shows in its exit code
     * and its output.
     *
     * @param pid what ping tells as its pid
     * @param output its standard output and error
     */
    static FakeCloudHypervisor start(
            long pid,
            Path workingDirectory,
            List<String> arguments,
            FakeFaults faults,
            OutputStream output) {
        FakeCloudHypervisor process = new FakeCloudHypervisor(pid, faults, output);
        try {
            process.run(FakeOptions.parse(workingDirectory, arguments));
            FakePids.add(process);
        } catch (FakeOptions.Unusable e) {
            process.say(String.valueOf(e.getMessage()));
            process.exit.complete(MISUSED);
        }
        return process;
    }

    private void run(FakeOptions options) {
        EventMonitor events;
        try {
            events = EventMonitor.open(options.eventMonitor(), faults);
            logTo(options);
        } catch (IOException e) {
            failToStart("Error doing event monitor I/O", Trouble.os(e));
            return;
        }
        events.tell("vmm", "starting");
        FileChannel lock = null;
        try {
            lock = SocketLock.take(options.apiSocket());
            Files.deleteIfExists(options.apiSocket());
            serve(options, events, lock);
        } catch (IOException e) {
            close(lock);
            failToStart(
                    "Failed to start the VMM thread", SocketLock.failure(options.apiSocket(), e));
            events.finish();
        }
    }

    private void serve(FakeOptions options, EventMonitor events, FileChannel lock)
            throws IOException {
        FakeVmm vmm = new FakeVmm(new Outside(options, events));
        Endpoints endpoints = new Endpoints(vmm, faults, pid);
        ApiServer.Handler handler = new RequestHandler(this, endpoints);
        ApiServer server = ApiServer.start(options.apiSocket(), handler, faults);
        running = new Running(options, events, vmm, server, lock);
    }

    private void logTo(FakeOptions options) throws IOException {
        if (options.logFile().isPresent()) {
            Path log = options.logFile().get();
            Files.writeString(
                    log,
                    "cloud-hypervisor: 0.000100s: <main> INFO: fake of %s, pid %d%n"
                            .formatted(faults.version(), pid));
            OwnFiles.restrict(log);
        }
    }

    private void failToStart(String what, String cause) {
        say(
                "Error: Cloud Hypervisor exited with the following chain of errors:\n  0: "
                        + what
                        + "\n  1: "
                        + cause);
        exit.complete(FAILED);
    }

    void say(String words) {
        try {
            output.write((words + "\n").getBytes(StandardCharsets.UTF_8));
            output.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the process's output cannot be written", e);
        }
    }

    long pid() {
        return pid;
    }

    boolean alive() {
        return !exit.isDone();
    }

    /** Tells the exit code once the process is gone, or at once where it is. */
    void onExit(IntConsumer callback) {
        var _ = exit.thenAccept(callback::accept);
    }

    /** The exit code; empty where it still lives after {@code limit}. */
    OptionalInt awaitExit(Duration limit) {
        try {
            return OptionalInt.of(exit.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a fake has failed", e);
        }
    }

    /** SIGTERM: the VM is ended without a word to its guest, and the socket is removed. */
    void terminate() {
        end(CLEAN, true);
    }

    /** SIGKILL: at once, with no event; sockets stay as files. */
    void kill() {
        end(KILLED, false);
    }

    /** A thread of it has panicked: no event, and the socket stays. */
    void fail() {
        end(FAILED, false);
    }

    private void end(int code, boolean orderly) {
        Running now = running;
        if (now == null || !ending.compareAndSet(false, true)) {
            return;
        }
        if (orderly) {
            now.vmm.end();
        }
        vanish(now, code);
    }

    /** Ends after the VM has said its last word. */
    void endQuietly() {
        Running now = running;
        if (now != null && ending.compareAndSet(false, true)) {
            vanish(now, CLEAN);
        }
    }

    private void vanish(Running now, int code) {
        now.server.close();
        now.vmm.vanish();
        if (code == KILLED) {
            now.events.abandon();
        } else {
            now.events.finish();
        }
        if (code == CLEAN) {
            remove(now.options.apiSocket());
        }
        close(now.lock);
        exit.complete(code);
    }

    private static void remove(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("the socket cannot be removed", e);
        }
    }

    private static void close(@Nullable FileChannel lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the lock cannot be given back", e);
        }
    }

    Optional<Long> residentBytes() {
        return alive() ? Optional.of(RESIDENT_BYTES) : Optional.empty();
    }

    /** Ids of the threads whose name begins so; the vCPUs' are {@code vcpu0} and so on. */
    List<Long> threadsNamed(String prefix) {
        Running now = running;
        if (now == null || !alive()) {
            return List.of();
        }
        return now.vmm
                .guest()
                .map(guest -> threads.of(guest, now.vmm.vcpus(), prefix))
                .orElse(List.of());
    }

    /** How long those threads have run together; threads of an earlier start count 0. */
    Duration cpuTime(List<Long> threadIds) {
        Running now = running;
        if (now == null || !alive()) {
            return Duration.ZERO;
        }
        return now.vmm.guest().map(guest -> threads.time(guest, threadIds)).orElse(Duration.ZERO);
    }

    private final class Outside implements FakeVmm.Surroundings {
        private final FakeOptions options;
        private final EventMonitor events;

        private Outside(FakeOptions options, EventMonitor events) {
            this.options = options;
            this.events = events;
        }

        @Override
        public FakeOptions options() {
            return options;
        }

        @Override
        public EventMonitor events() {
            return events;
        }

        @Override
        public OutputStream stdout() {
            return output;
        }

        @Override
        public void endWithGuest() {
            Thread.ofVirtual().start(FakeCloudHypervisor.this::terminate);
        }

        @Override
        public void die(String words) {
            say(words);
            Thread.ofVirtual().start(FakeCloudHypervisor.this::fail);
        }
    }
}
