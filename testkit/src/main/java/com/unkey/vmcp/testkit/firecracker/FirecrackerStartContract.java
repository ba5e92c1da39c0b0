package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a Firecracker v1.16.1 process starts, or does not. */
public abstract class FirecrackerStartContract extends FirecrackerSteps {

    @Test
    void versionIsTheFirstLine() throws Exception {
        try (FirecrackerServer other = other("--version")) {
            assertThat(other.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(0));
            assertThat(other.serial())
                    .startsWith("Firecracker v1.16.1\n\n")
                    .endsWith("Firecracker exiting successfully. exit_code=0\n");
        }
    }

    @Test
    void socketThatIsThereIsNeverReplaced() throws Exception {
        assertInUse(vmm.socket());
        assertThat(state()).isEqualTo("Not started");
        vmm.kill();
        assertThat(vmm.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(137));
        assertThat(vmm.socket()).exists();
        assertInUse(vmm.socket());
        assertInUse(Files.createFile(directory.resolve("plain")));
    }

    private void assertInUse(Path socket) throws Exception {
        try (FirecrackerServer other = other("--api-sock", socket.toString())) {
            assertThat(other.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(1));
            assertThat(other.serial())
                    .contains(
                            "RunWithApiError error: Failed to open the API socket at: "
                                    + socket
                                    + ". Check that it is not already used.")
                    .endsWith("Firecracker exiting with error. exit_code=1\n");
            assertThat(other.error())
                    .isEqualTo("Error: RunWithApi(FailedToBindSocket(\"" + socket + "\"))\n");
        }
    }

    @Test
    void socketNeedsADirectory() throws Exception {
        assertEnds(
                1,
                "Failed to bind and run the HTTP server: IO error: No such file or directory",
                "--api-sock",
                directory.resolve("no/api.sock").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_b", "", "a/b", "a b"})
    void idHasASmallAlphabet(String id) throws Exception {
        assertEnds(134, "Invalid instance ID: Invalid", "--api-sock", "other.sock", "--id", id);
    }

    @Test
    void idHasALimit() throws Exception {
        assertEnds(
                134,
                "Invalid instance ID: InvalidLen(65, 1, 64)",
                "--api-sock",
                "other.sock",
                "--id",
                "x".repeat(65));
        String longest = "x".repeat(64);
        restart("--api-sock", vmm.socket().toString(), "--id", longest);
        assertThat(told("").path("id").asString()).isEqualTo(longest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bogus|Found argument 'bogus' which wasn't expected",
                "extra|Found argument 'extra' which wasn't expected",
                "--api-sock=x|Found argument 'api-sock=x' which wasn't expected",
                "--api-sock|The argument 'api-sock' requires a value, but none was supplied.",
                "--id a --id b|The argument 'id' was provided more than once."
            })
    void argumentsThatAreNoneAreRefused(String arguments, String words) throws Exception {
        assertEnds(153, "Arguments parsing error: " + words, arguments.split(" ", -1));
    }

    @Test
    void unusableFilesAreRefused() throws Exception {
        assertEnds(
                1,
                "Could not initialize logger: Failed to open target file: No such file",
                "--log-path",
                "/nowhere/log");
        assertEnds(
                1,
                "Could not initialize metrics: Cannot initialize the metrics system due to bad"
                        + " user input: No such file",
                "--metrics-path",
                "/nowhere/metrics");
        assertEnds(152, "Invalid value for logger level: ", "--level", "Bogus");
    }

    private void assertEnds(int code, String words, String... arguments) throws Exception {
        try (FirecrackerServer other = other(arguments)) {
            assertThat(other.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(code));
            assertThat(other.serial()).contains(words);
        }
    }

    private FirecrackerServer other(String... arguments) throws Exception {
        Path place = Files.createTempDirectory(directory, "o");
        return launch(place, List.of(arguments));
    }

    @Test
    void logTellsTheStartAndEachRequest() throws Exception {
        put("actions", "{'action_type':'SendCtrlAltDel'}");
        assertThat(vmm.log())
                .contains(
                        "[vm-1:main] Running Firecracker v1.16.1\n",
                        "[vm-1:main] Listening on API socket (\"" + vmm.socket() + "\").\n",
                        "[vm-1:fc_api] API server started.\n",
                        "[vm-1:fc_api] The API server received a Put request on \"/actions\" with"
                                + " body \"{\\\"action_type\\\":\\\"SendCtrlAltDel\\\"}\".\n",
                        "[vm-1:fc_api] Received Error. Status code: 400 Bad Request. Message: "
                                + BEFORE);
        assertThat(vmm.serial()).isEmpty();
    }

    @Test
    void withoutALogFileItsWordsMixWithTheGuests() throws Exception {
        restart("--api-sock", vmm.socket().toString());
        assertThat(told("").path("id").asString()).isEqualTo("anonymous-instance");
        boot(deaf());
        awaitTicks(1);
        assertThat(vmm.serial()).contains("[anonymous-instance:main] Running Firecracker");
    }

    @Test
    void levelLimitsTheLog() throws Exception {
        restart("--api-sock", vmm.socket().toString(), "--level", "Error", "--show-level");
        told("");
        assertThat(vmm.serial()).isEmpty();
        assertRefused(act("FlushMetrics"), BEFORE);
        assertThat(vmm.serial()).contains("[anonymous-instance:fc_api:ERROR] Received Error.");
    }

    @Test
    void logCanBeTurnedElsewhereLater() throws Exception {
        Path next = directory.resolve("next");
        assertDone(put("logger", "{'log_path':'" + next + "','level':'Info'}"));
        told("version");
        assertThat(Files.readString(next)).contains("Get request on \"/version\"");
        assertThat(vmm.log()).doesNotContain("/version");
        assertRefused(
                put("logger", "{'log_path':'/nowhere/log'}"),
                "Logger error: Failed to open target file: No such file or directory (os error"
                        + " 2)");
        assertMisfit(put("logger", "{'level':'Bogus'}"), "Invalid LevelFilter");
    }

    @Test
    void whatALogHeldIsOverwrittenFromItsBegin() throws Exception {
        Path log = Files.writeString(directory.resolve("old"), "x".repeat(50_000));
        restart("--api-sock", vmm.socket().toString(), "--log-path", log.toString());
        assertThat(Files.readString(log)).contains("Running Firecracker").endsWith("x");
    }

    @Test
    void oneProcessServesManyClientsInTurn() throws Exception {
        List<ApiSocket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                clients.add(vmm.connect());
            }
            for (ApiSocket client : clients) {
                assertThat(client.get("").status()).isEqualTo(200);
            }
        } finally {
            for (ApiSocket client : clients) {
                client.close();
            }
        }
    }
}
