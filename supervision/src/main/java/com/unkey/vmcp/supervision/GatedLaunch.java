package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that has its pid, its session and its working directory but waits at a gate: a shell
 * that becomes the program, keeping its pid, once it is told so on its standard input. When the
 * daemon dies before that, the shell reads the end of its input and is gone, so a program never
 * runs unless its record could be written first.
 */
final class GatedLaunch implements AutoCloseable {

    private static final List<Path> SESSION_PROGRAMS =
            List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String GO = "go";
    private static final String GATE =
            """
            umask 077
            IFS= read -r word && [ "$word" = %s ] || exit 125
            unset word PWD OLDPWD SHLVL _
            exec "$@" </dev/null
            """
                    .formatted(GO);
    private static final long CLOSE_LIMIT_SECONDS = 5;

    private final Process process;
    private boolean open;

    private GatedLaunch(Process process) {
        this.process = process;
    }

    /** Whether what is needed is installed. */
    static boolean isPossible() {
        return SESSION_PROGRAMS.stream().anyMatch(Files::isExecutable);
    }

    /**
     * Starts the shell.
     *
     * @param log standard output and error are appended to it
     */
    static GatedLaunch start(Path directory, List<String> command, Path log) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(wrapped(command))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", PATH);
        environment.put("LC_ALL", "C.UTF-8");
        return new GatedLaunch(builder.start());
    }

    private static List<String> wrapped(List<String> command) {
        Path setsid =
                SESSION_PROGRAMS.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseGet(SESSION_PROGRAMS::getFirst);
        List<String> all = new ArrayList<>();
        all.addAll(List.of(setsid.toString(), "/bin/sh", "-c", GATE, "vmm"));
        all.addAll(command);
        return all;
    }

    Process process() {
        return process;
    }

    /** Lets the shell become the program. */
    void open() throws IOException {
        try (OutputStream input = process.getOutputStream()) {
            input.write((GO + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        open = true;
    }

    /** Ends the process, unless the gate was opened. */
    @Override
    public void close() throws IOException {
        if (open) {
            return;
        }
        process.destroyForcibly();
        try {
            if (!process.waitFor(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("a process that was not to start does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
