package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.ApiServer;
import com.unkey.vmcp.testkit.vmm.OwnFiles;
import com.unkey.vmcp.testkit.vmm.PlayedGuest;
import com.unkey.vmcp.testkit.vmm.PlayedVmm;
import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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
final class FakeCloudHypervisor extends PlayedVmm {

    private static final ApiServer.Rules RULES =
            new ApiServer.Rules(Set.of("GET", "PUT", "PATCH"), ApiServer.Rules.BODY_LIMIT);
    private static final long RESIDENT_BYTES = 10_800_000;
    private static final int CLEAN = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private final FakeFaults faults;
    private final OutputStream output;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile @Nullable Running running;

    private record Running(
            FakeOptions options,
            EventMonitor events,
            FakeVmm vmm,
            ApiServer server,
            FileChannel lock) {}

    private FakeCloudHypervisor(Launch<FakeFaults> launch) {
        super(launch.pid(), "vcpu", RESIDENT_BYTES);
        this.faults = launch.faults();
        this.output = launch.standardOutput();
    }

    /** Starts a process whose standard output takes standard error too. */
    static FakeCloudHypervisor start(Launch<FakeFaults> launch) {
        FakeCloudHypervisor process = new FakeCloudHypervisor(launch);
        try {
            process.run(FakeOptions.parse(launch.workingDirectory(), launch.arguments()));
            process.beKnown();
        } catch (FakeOptions.Unusable e) {
            process.say(String.valueOf(e.getMessage()));
            process.exited(MISUSED);
        }
        return process;
    }

    private void run(FakeOptions options) {
        EventMonitor events;
        try {
            events = EventMonitor.open(options.eventMonitor(), faults);
            logTo(options);
        } catch (IOException e) {
            failToStart("Error doing event monitor I/O", SystemError.told(e));
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
        Endpoints endpoints = new Endpoints(vmm, faults, pid());
        ApiServer.Handler handler = new RequestHandler(this, endpoints);
        ApiServer server = ApiServer.bind(options.apiSocket(), RULES, handler, faults::take);
        OwnFiles.restrict(options.apiSocket());
        server.serve();
        running = new Running(options, events, vmm, server, lock);
    }

    private void logTo(FakeOptions options) throws IOException {
        if (options.logFile().isPresent()) {
            Path log = options.logFile().get();
            Files.writeString(
                    log,
                    "cloud-hypervisor: 0.000100s: <main> INFO: fake of %s, pid %d%n"
                            .formatted(faults.version(), pid()));
            OwnFiles.restrict(log);
        }
    }

    private void failToStart(String what, String cause) {
        say(
                "Error: Cloud Hypervisor exited with the following chain of errors:\n  0: "
                        + what
                        + "\n  1: "
                        + cause);
        exited(FAILED);
    }

    void say(String words) {
        say(output, words);
    }

    /** SIGTERM: the VM is ended without a word to its guest, and the socket is removed. */
    @Override
    public void terminate() {
        end(CLEAN, true);
    }

    /** SIGKILL: at once, with no event; sockets stay as files. */
    @Override
    public void kill() {
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
        exited(code);
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

    @Override
    protected Optional<PlayedGuest> guest() {
        return Optional.ofNullable(running).flatMap(now -> now.vmm.guest());
    }

    @Override
    protected int vcpus() {
        return Optional.ofNullable(running).map(now -> now.vmm.vcpus()).orElse(0);
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
