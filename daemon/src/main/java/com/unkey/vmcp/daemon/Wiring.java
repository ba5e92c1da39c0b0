package com.unkey.vmcp.daemon;

import com.unkey.vmcp.core.control.ControlPlane;
import com.unkey.vmcp.core.control.Ports;
import com.unkey.vmcp.core.control.Settings;
import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.BackendName;
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

/** How the parts are put together: from the disk up to the network. */
final class Wiring {

    private Wiring() {}

    static VmServer connect(Config config, FailPoints failPoints, Closer closer)
            throws IOException {
        Config.Host host = config.host();
        StateDirectory state =
                closer.add(
                        StateDirectory.open(host.stateDirectory(), Backends.longestSocketName()));
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
                                        Backends.open(config, state, processes, closer),
                                        LinuxHostInspector.open(
                                                state,
                                                host.allowedPaths(),
                                                host.consoleDirectories()),
                                        processes,
                                        new RandomIds(),
                                        InstantSource.system(),
                                        failPoints),
                                new Settings(
                                        new BackendName(config.backend()),
                                        host.defaultKernel().map(Path::toString))));
        return closer.add(VmServer.start(plane, serverSettings(config)));
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
