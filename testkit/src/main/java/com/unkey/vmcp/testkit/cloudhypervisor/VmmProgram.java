package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.StartedProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Cloud Hypervisor program, real or a script's, started as a process. */
public final class VmmProgram {

    /** What a test says that is skipped because {@link #installed()} is empty. */
    public static final String MISSING = "needs VMM binary: cloud-hypervisor is not on PATH";

    private VmmProgram() {}

    /** The real program: of {@code UNKEY_VMCP_CH_BINARY}, or else of PATH. */
    public static Optional<Path> installed() {
        return StartedProgram.installed("UNKEY_VMCP_CH_BINARY", "cloud-hypervisor");
    }

    /** Starts the program and waits until its socket is served. */
    public static VmmServer start(Path binary, Path directory, List<String> flags)
            throws IOException {
        VmmServer server = launch(binary, directory, flags);
        server.awaitApi();
        return server;
    }

    /** Starts the program with its usual files and further flags, and waits for nothing. */
    public static VmmServer launch(Path binary, Path directory, List<String> flags)
            throws IOException {
        StartedProgram program =
                StartedProgram.launch(
                        binary,
                        directory,
                        arguments(directory, flags),
                        directory.resolve(VmmServer.OUTPUT));
        return new VmmServer(program, directory);
    }

    static List<String> arguments(Path directory, List<String> flags) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--api-socket",
                                "path=" + directory.resolve(VmmServer.SOCKET),
                                "--event-monitor",
                                "path=" + directory.resolve(VmmServer.EVENTS),
                                "--log-file",
                                directory.resolve(VmmServer.LOG).toString(),
                                "-v"));
        arguments.addAll(flags);
        return arguments;
    }
}
