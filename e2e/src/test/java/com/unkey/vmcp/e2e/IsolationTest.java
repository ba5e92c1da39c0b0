package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a VMM has of its daemon: nothing. */
class IsolationTest {

    private static final String VM = "a";

    private Bench bench;
    private long pid;

    @BeforeEach
    void start() {
        Home home = Home.make().with("OTEL_SERVICE_NAME", "secret-of-the-daemon");
        bench = Bench.start(home, Program.PACKAGE);
        bench.client().run(VM, VmConfigs.mini(home));
        pid = bench.client().pid(VM);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void vmmLeadsASessionOfItsOwn() {
        assertThat(Processes.session(pid)).hasValue(pid);
        assertThat(bench.vmms()).as("all that was started for the VM").containsExactly(pid);
    }

    @Test
    void vmmHasNothingOfTheDaemonsEnvironment() throws Exception {
        String environment = Files.readString(process().resolve("environ"));
        assertThat(environment).doesNotContain("UNKEY_VMCP", "JAVA_HOME", "secret-of-the-daemon");
    }

    @Test
    void vmmHasNoDescriptorOfTheDaemon() throws Exception {
        Path descriptors = process().resolve("fd");
        assertThat(Files.readSymbolicLink(descriptors.resolve("0"))).hasToString("/dev/null");
        for (String output : List.of("1", "2")) {
            assertThat(Files.readSymbolicLink(descriptors.resolve(output)))
                    .startsWith(bench.home().run());
        }
        for (Path descriptor : Home.entries(descriptors)) {
            assertThat(target(descriptor))
                    .as("descriptor %s", descriptor)
                    .doesNotContain(".db", ".jar", "/lock", "pipe:");
        }
    }

    private Path process() {
        return Path.of("/proc", Long.toString(pid));
    }

    /** Empty where it was closed since it was listed. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException _) {
            return "";
        }
    }
}
