package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Flag;
import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.rpc.VmServer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon that serves. Closing it leaves every VM running. */
public final class Daemon implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final Closer closer;
    private final VmServer server;
    private final Config config;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Daemon(Closer closer, VmServer server, Config config) {
        this.closer = closer;
        this.server = server;
        this.config = config;
    }

    /**
     * Starts everything; what was started is stopped again where something fails.
     *
     * @throws IOException where the address cannot be listened on
     */
    static Daemon start(Config config, FailPoints failPoints) throws IOException {
        Closer closer = new Closer();
        try {
            VmServer server = Wiring.connect(config, failPoints, closer);
            return new Daemon(closer, server, config);
        } catch (IOException | RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    /** {@link #run(String[], FailPoints, List)} with the backends that are shipped. */
    public static int run(String[] arguments, FailPoints failPoints) {
        return run(arguments, failPoints, Wiring.BACKENDS);
    }

    /**
     * Runs until the process is told to end. What {@code Main} does with {@link FailPoints#none()}
     * and the backends that are shipped; tests give others.
     *
     * @param backends at least one, the default first
     * @return the exit code
     */
    public static int run(String[] arguments, FailPoints failPoints, List<Backend> backends) {
        List<Flag> flags = backends.stream().flatMap(each -> each.flags().stream()).toList();
        return switch (CommandLine.parse(List.of(arguments), System.getenv(), flags)) {
            case CommandLine.Print(String text) -> {
                System.out.print(text);
                yield 0;
            }
            case CommandLine.Wrong(String message) -> {
                System.err.print(message);
                yield 2;
            }
            case CommandLine.Serve(var environment) -> serve(environment, failPoints, backends);
        };
    }

    private static int serve(
            Map<String, String> environment, FailPoints failPoints, List<Backend> backends) {
        long begun = System.nanoTime();
        boolean root = "root".equals(System.getProperty("user.name"));
        ConfigReader reader = new ConfigReader(environment, root, backends);
        try {
            Config config = reader.read();
            Daemon daemon = start(config, failPoints);
            Runtime.getRuntime().addShutdownHook(new Thread(daemon::close, "stop"));
            daemon.warn(reader);
            daemon.announce(begun);
            daemon.awaitClosed();
            return 0;
        } catch (ConfigException e) {
            System.err.println("vmm-controlplane: failed to load config:");
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException | RuntimeException e) {
            LOG.debug("start failed", e);
            System.err.println("vmm-controlplane: cannot start: " + e.getMessage());
            return 1;
        }
    }

    private void warn(ConfigReader reader) {
        reader.unknown()
                .forEach(name -> LOG.warn("{} is not known to this version: no effect", name));
        if (config.telemetry().enabled()) {
            LOG.warn(
                    "UNKEY_VMCP_OTEL_ENABLED=true: this version has no telemetry yet; nothing is"
                            + " exported");
        }
        if (config.listen().isOpen()) {
            LOG.warn(
                    "listening on {} without client certificates: whoever reaches this port"
                            + " controls every VM; UNKEY_VMCP_ADDRESS=127.0.0.1 keeps it local,"
                            + " UNKEY_VMCP_TLS_CLIENT_CA asks for certificates",
                    config.listen().address().getHostAddress());
        }
    }

    private void announce(long begunNanos) {
        // In one piece: whoever starts us waits for this line.
        System.out.print(
                "vmm-controlplane ready on %s://%s:%d backend=%s version=%s (%d ms)%n"
                        .formatted(
                                config.listen().tls().isPresent() ? "https" : "http",
                                host(config.listen().address()),
                                port(),
                                config.backend(),
                                Version.current(),
                                (System.nanoTime() - begunNanos) / 1_000_000));
        System.out.flush();
    }

    /** Port of the API. */
    int port() {
        return server.port();
    }

    private static String host(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private void awaitClosed() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closer.close();
        closed.countDown();
    }
}
