package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.StartedProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Firecracker program, real or a script's, started as a process. */
public final class FirecrackerProgram {

    /** What a test says that is skipped because {@link #installed()} is empty. */
    public static final String MISSING = "needs VMM binary: firecracker is not on PATH";

    private FirecrackerProgram() {}

    /** The real program: of {@code UNKEY_VMCP_FC_BINARY}, or else of PATH. */
    public static Optional<Path> installed() {
        return StartedProgram.installed("UNKEY_VMCP_FC_BINARY", "firecracker");
    }

    /** Starts the program with its usual files and these flags more, and waits until it serves. */
    public static FirecrackerServer start(Path binary, Path directory, List<String> flags)
            throws IOException {
        FirecrackerServer server = launch(binary, directory, arguments(directory, flags));
        server.awaitApi();
        return server;
    }

    /** Starts the program with exactly these arguments, and waits for nothing. */
    public static FirecrackerServer launch(Path binary, Path directory, List<String> arguments)
            throws IOException {
        StartedProgram program =
                StartedProgram.launch(
                        binary,
                        directory,
                        arguments,
                        directory.resolve(FirecrackerServer.SERIAL),
                        directory.resolve(FirecrackerServer.ERROR));
        return new FirecrackerServer(program, directory);
    }

    /** Socket, log and metrics in the directory, then the flags. */
    static List<String> arguments(Path directory, List<String> flags) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--api-sock",
                                directory.resolve(FirecrackerServer.SOCKET).toString(),
                                "--log-path",
                                directory.resolve(FirecrackerServer.LOG).toString(),
                                "--level",
                                "Info",
                                "--metrics-path",
                                directory.resolve(FirecrackerServer.METRICS).toString()));
        arguments.addAll(flags);
        return arguments;
    }
}
