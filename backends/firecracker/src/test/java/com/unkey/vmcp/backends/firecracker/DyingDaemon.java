package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.firecracker.JailerProgram;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that starts a jailed process and is gone at a given moment of that. */
final class DyingDaemon {

    private static final int KILLED = 137;

    private DyingDaemon() {}

    static void run(JailerProgram program, Path root, String moment) throws Exception {
        Process daemon =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                DyingDaemon.class.getName(),
                                program.jailer().toString(),
                                program.firecracker().toString(),
                                root.toString(),
                                moment)
                        .inheritIO()
                        .start();
        assertThat(daemon.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(daemon.exitValue()).as(moment).isEqualTo(KILLED);
    }

    /** What the next daemon does with a launch that nobody recorded as done. */
    static void undo(JailFixture jails, ShortId id) {
        jails.host()
                .find(id)
                .ifPresent(
                        process -> {
                            process.kill();
                            assertThat(process.awaitExit(Await.LIMIT)).isTrue();
                        });
        jails.housing().clear(id);
        jails.host().discard(id);
    }

    public static void main(String[] arguments) throws IOException {
        JailerProgram program = new JailerProgram(Path.of(arguments[0]), Path.of(arguments[1]));
        String moment = arguments[3];
        JailFixture jails =
                new JailFixture(
                        program,
                        Path.of(arguments[2]),
                        List.of("pids.max=64"),
                        Optional.empty(),
                        () -> dieAt("spawned", moment));
        Path kernel = MiniGuest.tick().writeTo(Path.of(arguments[2]));
        Files.setPosixFilePermissions(kernel, PosixFilePermissions.fromString("r--r--r--"));
        LaunchPlan vm = Vms.of(kernel).plan();
        Place place = jails.furnish(vm);
        dieAt("furnished", moment);
        VmmProcess process = jails.spawn(vm, place);
        jails.awaitApi(vm, place, process);
        dieAt("serving", moment);
        jails.housing().settled(vm.shortId());
        dieAt("settled", moment);
    }

    private static void dieAt(String point, String moment) {
        if (point.equals(moment)) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
