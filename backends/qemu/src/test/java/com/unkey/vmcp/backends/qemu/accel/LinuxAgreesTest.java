package com.unkey.vmcp.backends.qemu.accel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a machine with KVM: the probe says what a real Linux boot shows. */
@Timeout(120)
class LinuxAgreesTest {
    private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
    private static final Path GUEST_SCRIPT = Path.of("../../scripts/guest.sh");

    /** Far longer than a Linux guest takes to come up under a KVM that works. */
    private static final Duration LINUX_PATIENCE = Duration.ofSeconds(10);

    @TempDir Path directory;

    @Test
    void onTheMachineTypeOfTheBackend() throws Exception {
        agree("q35", Accelerator.KVM.arguments());
    }

    /**
     * Without the one CPU feature whose register some hosts refuse to set, so that the guest's own
     * findings are compared and not only QEMU's refusal to start.
     */
    @Test
    void whereTheGuestItselfHasToFindOut() throws Exception {
        agree("microvm", List.of("-accel", "kvm", "-cpu", "host,-arch-capabilities"));
    }

    private AcceleratorChoice choice(String machine) {
        return AcceleratorChoice.of(AccelSetting.AUTO, QEMU, machine, directory.resolve("choice"));
    }

    private void agree(String machine, List<String> accelerator) throws Exception {
        if (Host.THIS.kvmClosedBecause().isPresent()) {
            assertThat(choice(machine).choose().accelerator()).isEqualTo(Accelerator.TCG);
            return;
        }
        ProbeLimits patient = new ProbeLimits(Duration.ofSeconds(20), Duration.ofSeconds(10));
        AcceleratorProbe probe =
                new AcceleratorProbe(QEMU, machine, directory.resolve("probe"), patient);
        Verdict verdict = probe.run(accelerator);
        assertThat(verdict).isNotInstanceOf(Verdict.Undecided.class);
        assertThat(linuxComesUp(machine, accelerator))
                .as("Linux comes up, where the probe says: %s", verdict)
                .isEqualTo(verdict instanceof Verdict.Fit);
    }

    private boolean linuxComesUp(String machine, List<String> accelerator) throws Exception {
        Map<String, String> guest = guest();
        Path console = Files.writeString(directory.resolve("console"), "");
        List<String> command =
                new ArrayList<>(List.of(QEMU.toString(), "-nodefaults", "-no-user-config"));
        command.addAll(
                List.of(
                        "-display",
                        "none",
                        "-no-reboot",
                        "-M",
                        machine,
                        "-m",
                        "256M",
                        "-smp",
                        "2"));
        command.addAll(accelerator);
        command.addAll(List.of("-kernel", guest.get("KERNEL"), "-initrd", guest.get("INITRD")));
        command.addAll(List.of("-append", "console=ttyS0 panic=-1", "-serial", "file:" + console));
        Process linux = quietly(command).start();
        try {
            return seen(console, "vmcp-guest: up", linux);
        } finally {
            linux.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    private static boolean seen(Path console, String text, Process process) throws Exception {
        long deadline = System.nanoTime() + LINUX_PATIENCE.toNanos();
        boolean ended = false;
        while (!ended && System.nanoTime() - deadline < 0) {
            ended = process.waitFor(50, TimeUnit.MILLISECONDS);
            if (Files.readString(console, StandardCharsets.ISO_8859_1).contains(text)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The guest of the demo; on CI it is there, elsewhere it may have to be fetched and may fail to
     * be.
     */
    private Map<String, String> guest() throws Exception {
        Path answer = directory.resolve("guest");
        Process script =
                new ProcessBuilder(GUEST_SCRIPT.toString(), "--print")
                        .redirectOutput(answer.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        boolean made = script.waitFor(60, TimeUnit.SECONDS) && script.exitValue() == 0;
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(made).as("%s made a guest", GUEST_SCRIPT).isTrue();
        }
        script.destroyForcibly();
        return Files.readAllLines(answer).stream()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private static ProcessBuilder quietly(List<String> command) {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
    }
}
