package com.unkey.vmcp.daemon;

import com.unkey.vmcp.api.v1.ListBackendsResponse;
import com.unkey.vmcp.backends.adapter.config.Site;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.core.control.ControlPlane;
import com.unkey.vmcp.core.control.Ports;
import com.unkey.vmcp.core.control.Settings;
import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.rpc.ServerSettings;
import com.unkey.vmcp.rpc.VmServer;
import com.unkey.vmcp.testkit.host.CountingIds;
import com.unkey.vmcp.testkit.host.FakeHost;
import com.unkey.vmcp.testkit.host.FakeProcesses;
import com.unkey.vmcp.testkit.store.InMemoryVmStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The backends of the package, opened as a daemon does, on a host where none of them can run. */
final class ShippedBackends implements AutoCloseable {

    /** A program that is there and is no VMM. */
    private static final String NO_VMM = "/bin/true";

    /** What else can be set that makes a difference to what backends can do. */
    private static final Map<String, String> OTHERWISE =
            Map.of(
                    "UNKEY_VMCP_CH_ENDPOINT", "unix:///nonexistent/ch.sock",
                    "UNKEY_VMCP_FC_ENDPOINT", "unix:///nonexistent/fc.sock",
                    "UNKEY_VMCP_QEMU_MACHINE", "microvm");

    private final ProcessHost processes = new FakeProcesses();
    private final Closer closer = new Closer();
    private final List<Hypervisor> usual;
    private final List<Hypervisor> others;

    /**
     * @param scratch a directory of the test's own
     */
    ShippedBackends(Path scratch) {
        Map<String, String> environment = new HashMap<>();
        Variables names = new Variables(environment);
        Wiring.BACKENDS.forEach(backend -> backend.read(names));
        names.asked().stream()
                .filter(name -> name.endsWith("_BINARY"))
                .forEach(name -> environment.put(name, NO_VMM));
        usual = open(environment, scratch);
        environment.putAll(OTHERWISE);
        others = open(environment, scratch);
    }

    private List<Hypervisor> open(Map<String, String> environment, Path scratch) {
        Variables variables = new Variables(environment);
        Site site = new Site(processes, scratch, closer::add);
        return Wiring.BACKENDS.stream().map(backend -> backend.read(variables).open(site)).toList();
    }

    /** With the configuration of a daemon that is told no more than where the programs are. */
    List<Hypervisor> usual() {
        return usual;
    }

    /** With what else they can be told that makes a difference to what they can do. */
    List<Hypervisor> others() {
        return others;
    }

    /** What a daemon with the usual ones tells of them, by its API. */
    ListBackendsResponse listed() throws IOException, InterruptedException {
        Ports ports =
                new Ports(
                        new InMemoryVmStore(),
                        usual,
                        new FakeHost(),
                        processes,
                        new CountingIds(),
                        InstantSource.system(),
                        FailPoints.none());
        Settings settings = new Settings(usual.getFirst().name(), Optional.empty());
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ControlPlane plane = ControlPlane.start(ports, settings);
                VmServer server =
                        VmServer.start(plane, ServerSettings.builder(free, "test").build());
                HttpClient client = HttpClient.newHttpClient()) {
            return ListBackendsResponse.parseFrom(
                    client.send(request(server.port()), HttpResponse.BodyHandlers.ofByteArray())
                            .body());
        }
    }

    private static HttpRequest request(int port) {
        return HttpRequest.newBuilder(
                        URI.create(
                                "http://127.0.0.1:%d/vmm.v1.VmService/ListBackends"
                                        .formatted(port)))
                .header("Content-Type", "application/proto")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
    }

    @Override
    public void close() {
        closer.close();
    }
}
