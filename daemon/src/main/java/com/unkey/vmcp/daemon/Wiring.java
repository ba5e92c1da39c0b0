package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Site;
import com.unkey.vmcp.backends.cloudhypervisor.CloudHypervisorBackend;
import com.unkey.vmcp.backends.firecracker.FirecrackerBackend;
import com.unkey.vmcp.backends.qemu.QemuBackend;
import com.unkey.vmcp.core.control.ControlPlane;
import com.unkey.vmcp.core.control.Ports;
import com.unkey.vmcp.core.control.Settings;
import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.rpc.ServerSettings;
import com.unkey.vmcp.rpc.VmServer;
import com.unkey.vmcp.store.SqliteVmStore;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.supervision.host.LinuxHostInspector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How the parts are put together: from the disk up to the network. */
final class Wiring {

    /** The backends that are shipped, the default first; all of them are there in each daemon. */
    static final List<Backend> BACKENDS =
            List.of(new CloudHypervisorBackend(), new FirecrackerBackend(), new QemuBackend());

    private Wiring() {}

    static VmServer connect(Config config, FailPoints failPoints, Closer closer)
            throws IOException {
        Config.Host host = config.host();
        StateDirectory state =
                closer.add(
                        StateDirectory.open(
                                host.stateDirectory(), longestSocketName(config.backends())));
        NativeLibraries.unpackInto(state.root().resolve("tmp"));
        SqliteVmStore store = closer.add(SqliteVmStore.open(state.root()));
        LinuxProcessHost processes =
                closer.add(
                        LinuxProcessHost.open(
                                state,
                                host.consoleMaxBytes(),
                                () -> failPoints.reach(FailPoints.Point.SPAWNED, Action.CREATE)));
        ControlPlane plane =
                closer.add(
                        ControlPlane.start(
                                new Ports(
                                        store,
                                        open(config.backends(), state, processes, closer),
                                        LinuxHostInspector.open(
                                                state,
                                                host.allowedPaths(),
                                                host.consoleDirectories()),
                                        processes,
                                        new RandomIds(),
                                        InstantSource.system(),
                                        failPoints),
                                new Settings(
                                        config.backend(),
                                        host.defaultKernel().map(Path::toString))));
        return closer.add(VmServer.start(plane, serverSettings(config)));
    }

    private static String longestSocketName(List<Config.Configured> backends) {
        return backends.stream()
                .map(each -> each.backend().longestSocketName())
                .flatMap(Optional::stream)
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private static List<Hypervisor> open(
            List<Config.Configured> backends,
            StateDirectory state,
            ProcessHost processes,
            Closer closer) {
        return backends.stream()
                .map(each -> each.opening().open(site(each.backend(), state, processes, closer)))
                .toList();
    }

    private static Site site(
            Backend backend, StateDirectory state, ProcessHost processes, Closer closer) {
        return new Site(processes, state.backendDirectory(backend.name()), closer::add);
    }

    private static ServerSettings serverSettings(Config config) {
        Config.Listen listen = config.listen();
        Config.Api api = config.api();
        ServerSettings.Builder settings =
                ServerSettings.builder(
                                new InetSocketAddress(listen.address(), listen.port()),
                                Version.current())
                        .fieldNames(api.fieldNames())
                        .maxMessageBytes(api.maxMessageBytes())
                        .maxCalls(api.maxCalls())
                        .browsers(api.browsers())
                        .reflection(api.reflection());
        listen.socket().ifPresent(settings::socket);
        listen.tls().ifPresent(settings::tls);
        return settings.build();
    }
}
