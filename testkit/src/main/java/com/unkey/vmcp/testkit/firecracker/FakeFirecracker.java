package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.microhttp.ApiServer;
import com.unkey.vmcp.testkit.microhttp.HttpReply;
import com.unkey.vmcp.testkit.microhttp.HttpRequest;
import com.unkey.vmcp.testkit.vmm.PlayedGuest;
import com.unkey.vmcp.testkit.vmm.PlayedVmm;
import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One Firecracker process, played: a real server on a real socket with the phases, answers, files
 * and exit codes of the real program, and a guest that counts aloud on its serial line. It needs
 * neither KVM nor a process of its own.
 *
 * <p>Mini guests do what they would do, see {@link KernelFile}. Not played: snapshots, MMDS, pmem,
 * devices on PCI, taps (none is opened), and the sockets of a vsock. Safe on every thread.
 */
final class FakeFirecracker extends PlayedVmm {

    private static final int PANICKED = 128 + 6;
    private static final int TERMINATED = 128 + 15;
    private static final long RESIDENT_BYTES = 4_400_000;
    private static final Set<String> METHODS = Set.of("GET", "PUT", "PATCH", "DELETE");

    private final Launch<FirecrackerFaults> launch;
    private final FcLog log;
    private final FcMetrics metrics = new FcMetrics();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile @Nullable Running running;

    private record Running(Microvm vm, ApiServer server) {}

    private FakeFirecracker(Launch<FirecrackerFaults> launch) {
        super(launch.pid(), "fc_vcpu ", RESIDENT_BYTES);
        this.launch = launch;
        this.log = new FcLog(launch.standardOutput());
    }

    static FakeFirecracker start(Launch<FirecrackerFaults> launch) {
        FakeFirecracker process = new FakeFirecracker(launch);
        try {
            process.run(FcOptions.parse(launch.workingDirectory(), launch.arguments()));
        } catch (FcOptions.Unusable e) {
            process.fail(e);
        }
        process.beKnown();
        return process;
    }

    private void fail(FcOptions.Unusable why) {
        log.error("main", String.valueOf(why.getMessage()));
        say(launch.standardError(), "Error: " + why.brief());
        log.error("main", "Firecracker exiting with error. exit_code=" + why.code());
        leave(why.code());
    }

    private void run(FcOptions options) throws FcOptions.Unusable {
        String version = launch.faults().version();
        if (options.has("version")) {
            say(launch.standardOutput(), "Firecracker v" + version + "\n");
            log.info("main", "Firecracker exiting successfully. exit_code=0");
            leave(0);
            return;
        }
        Optional<String> badId = options.badId();
        if (badId.isPresent()) {
            log.error(
                    "main",
                    "Firecracker panicked at src/firecracker/src/main.rs:309:48:\n"
                            + "Invalid instance ID: "
                            + badId.get());
            leave(PANICKED);
            return;
        }
        log.name(options.id());
        Outputs outputs = new Outputs(options, log, metrics);
        outputs.logAsStarted();
        log.info("main", "Running Firecracker v" + version);
        outputs.metricsAsStarted();
        serve(options, outputs);
    }

    private void serve(FcOptions options, Outputs outputs) throws FcOptions.Unusable {
        Microvm vm =
                new Microvm(
                        new Setup(path -> options.resolve(path.toString())),
                        log,
                        metrics,
                        launch.standardOutput(),
                        this::endWithGuest);
        FcEndpoints endpoints =
                new FcEndpoints(
                        vm, new Reports(vm, launch.faults(), options.id()), outputs, log, metrics);
        ApiServer.Rules rules = new ApiServer.Rules(METHODS, options.bodyLimit());
        ApiServer server = bind(options.apiSocket(), rules, new Handler(endpoints));
        log.info("main", "Listening on API socket (\"" + options.apiSocket() + "\").");
        running = new Running(vm, server);
        server.serve();
        log.info("fc_api", "API server started.");
        Duration period = launch.faults().metricsPeriod();
        Thread.ofVirtual().name("metrics").start(() -> writeMetrics(vm, period));
    }

    private ApiServer bind(Path socket, ApiServer.Rules rules, ApiServer.Handler handler)
            throws FcOptions.Unusable {
        String error = "RunWithApiError error: ";
        try {
            if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                throw new BindException("Address already in use");
            }
            return ApiServer.bind(socket, rules, handler, launch.faults()::take);
        } catch (BindException e) {
            throw new FcOptions.Unusable(
                    1,
                    error
                            + "Failed to open the API socket at: "
                            + socket
                            + ". Check that it is not already used.",
                    "RunWithApi(FailedToBindSocket(\"" + socket + "\"))");
        } catch (IOException e) {
            throw new FcOptions.Unusable(
                    1,
                    error
                            + "Failed to bind and run the HTTP server: IO error: "
                            + SystemError.told(e),
                    "RunWithApi(FailedToBindAndRunHttpServer(IOError("
                            + SystemError.told(e)
                            + ")))");
        }
    }

    private void writeMetrics(Microvm vm, Duration period) {
        try {
            while (!gone.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
                vm.writeMetricsByItself();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a request that is under way is answered first. */
    private void endWithGuest(int code) {
        Running now = running;
        if (now != null) {
            Thread.ofVirtual()
                    .name("exit")
                    .start(() -> now.server.betweenRequests(() -> stop(code)));
        }
    }

    private void stop(int code) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        log.info("main", "Vmm is stopping.");
        log.info("main", "Killing vCPU threads");
        metrics.write();
        if (code == 0) {
            log.info("main", "Firecracker exiting successfully. exit_code=0");
        } else {
            log.error("main", "RunWithApiError error: MicroVM stopped with an error: GenericError");
            say(launch.standardError(), "Error: RunWithApi(MicroVMStoppedWithError(GenericError))");
            log.error("main", "Firecracker exiting with error. exit_code=" + code);
        }
        leave(code);
    }

    /** SIGTERM, which is not handled. */
    @Override
    public void terminate() {
        endAtOnce(TERMINATED);
    }

    @Override
    public void kill() {
        endAtOnce(KILLED);
    }

    private void endAtOnce(int code) {
        if (running != null && ending.compareAndSet(false, true)) {
            leave(code);
        }
    }

    /** The socket stays as a file, however it ends. */
    private void leave(int code) {
        gone.countDown();
        Running now = running;
        if (now != null) {
            now.server.close();
            now.vm.vanish();
        }
        metrics.close();
        log.close();
        exited(code);
    }

    @Override
    protected Optional<PlayedGuest> guest() {
        return Optional.ofNullable(running).flatMap(now -> now.vm.guest());
    }

    @Override
    protected int vcpus() {
        return Optional.ofNullable(running).map(now -> now.vm.setup().vcpus()).orElse(0);
    }

    private final class Handler implements ApiServer.Handler {
        private final FcEndpoints endpoints;

        private Handler(FcEndpoints endpoints) {
            this.endpoints = endpoints;
        }

        @Override
        public String name() {
            return FcEndpoints.SERVER;
        }

        @Override
        public String endpoint(HttpRequest request) {
            return FcEndpoints.name(request);
        }

        @Override
        public HttpReply answer(HttpRequest request) {
            return endpoints.answer(request);
        }

        @Override
        public void answered(HttpRequest request, HttpReply reply) {
            // No answer is its last by itself.
        }

        @Override
        public void crash() {
            kill();
        }
    }
}
