package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each example among the README's clients, run as it stands but for the address of the daemon and
 * the kernel.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class ReadmeClientsTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Path PLACE = DaemonProcess.PROJECT.resolve("e2e/target/clients/readme");

    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");

    @RegisterExtension static final ClientDaemon DAEMON = ClientDaemon.plain();

    @Test
    void everyExampleIsRunHere() throws IOException {
        assertThat(examples())
                .extracting(example -> example.group(1))
                .containsExactly("go", "python", "sh", "sh", "js");
    }

    @Test
    void go() throws IOException {
        Command build = ClientPrograms.goBuild(PLACE.resolve("go"), written(0, "main.go"));
        creates(build);
    }

    @Test
    void python() throws IOException {
        Path example = written(1, "example.py");
        creates(ClientPrograms.pythonInterpreter().and(example.toString()));
    }

    @Test
    void curl() throws IOException {
        String answer = creates(shell(2));
        assertThat(answer).contains("\"status\":\"healthy\"");
    }

    @Test
    void grpcurl() throws IOException {
        Path directory = ClientPrograms.grpcurlDirectory();
        creates(shell(3).with("PATH", directory + ":" + System.getenv("PATH")));
    }

    @Test
    void javascript() throws IOException {
        Path directory = ClientPrograms.connectEsDirectory();
        Path example = Files.writeString(directory.resolve("readme.js"), example(4));
        creates(Command.in(directory, "node", example.toString()));
    }

    private static Command shell(int index) throws IOException {
        Path script = written(index, "example-" + index + ".sh");
        return Command.in(DaemonProcess.PROJECT, "bash", "-e", script.toString());
    }

    /** The example makes one VM, and says so. */
    private static String creates(Command command) {
        String output = command.succeed(LIMIT);
        assertThat(DAEMON.client().states()).as(output).hasSize(1).containsValue(States.CREATED);
        assertThat(output).contains(DAEMON.client().states().keySet()).contains("CREATED");
        return output;
    }

    private static Path written(int index, String name) throws IOException {
        Files.createDirectories(PLACE);
        return Files.writeString(PLACE.resolve(name), example(index));
    }

    private static String example(int index) throws IOException {
        return examples()
                .get(index)
                .group(2)
                .replace("localhost:8080", DAEMON.url().replace("http://", ""))
                .replace("/opt/kernels/vmlinux", DAEMON.kernel().toString());
    }

    private static List<MatchResult> examples() throws IOException {
        String readme = Files.readString(DaemonProcess.PROJECT.resolve("README.md"));
        int begin = readme.indexOf("\n## Clients\n");
        assertThat(begin).as("a section on clients").isPositive();
        String section = readme.substring(begin, readme.indexOf("\n## ", begin + 1));
        return EXAMPLE.matcher(section).results().toList();
    }
}
