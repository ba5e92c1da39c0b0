package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatedLaunchTest {

    private static final int REFUSED = 125;

    @TempDir Path directory;
    private GatedLaunch launch;

    @BeforeEach
    void start() throws IOException {
        launch =
                GatedLaunch.start(
                        directory,
                        List.of("/usr/bin/touch", directory.resolve("ran").toString()),
                        Files.createFile(directory.resolve("log")));
    }

    @Test
    void runsTheProgramOnceItMay() throws Exception {
        launch.open();
        launch.close();
        assertThat(exitCode()).isZero();
        assertThat(directory.resolve("ran")).exists();
    }

    @Test
    void endsWithoutItWhereTheDaemonIsGone() throws Exception {
        launch.process().getOutputStream().close();
        assertThat(exitCode()).isEqualTo(REFUSED);
        assertThat(directory.resolve("ran")).doesNotExist();
    }

    @Test
    void endsWithoutItWhereTheWordIsCutShort() throws Exception {
        try (var input = launch.process().getOutputStream()) {
            input.write("go".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(exitCode()).isEqualTo(REFUSED);
        assertThat(directory.resolve("ran")).doesNotExist();
    }

    @Test
    void closingEndsAProcessThatWasNotLetGo() throws Exception {
        launch.close();
        assertThat(Processes.startTicks(launch.process().pid())).isEmpty();
        assertThat(directory.resolve("ran")).doesNotExist();
    }

    private int exitCode() throws Exception {
        assertThat(launch.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        return launch.process().exitValue();
    }
}
