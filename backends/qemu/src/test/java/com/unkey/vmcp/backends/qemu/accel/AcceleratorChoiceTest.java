package com.unkey.vmcp.backends.qemu.accel;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.qemu.accel.AcceleratorChoice.Chosen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AcceleratorChoiceTest {
    private static final Verdict FIT = new Verdict.Fit(Duration.ofMillis(120));
    private static final Verdict UNFIT = new Verdict.Unfit("at stage pae");
    private static final Verdict UNDECIDED = new Verdict.Undecided("pic", "nothing more");

    @TempDir Path directory;

    private final AtomicInteger probes = new AtomicInteger();
    private long nanos;
    private Host host;
    private Path qemu;

    @BeforeEach
    void setUpHost() throws IOException {
        host = new Host(file("kvm", ""), file("boot_id", "boot-1\n"), file("osrelease", "6.1.0\n"));
        qemu = SimulatedQemu.script(directory, "QEMU emulator version 7.2", "exit 1");
    }

    @Test
    void forcedSettingsAreTakenWithoutAProbe() throws Exception {
        assertThat(choice(AccelSetting.KVM, UNFIT).choose().accelerator())
                .isEqualTo(Accelerator.KVM);
        assertThat(choice(AccelSetting.TCG, FIT).choose().accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(probes).hasValue(0);
    }

    @Test
    void makingAChoiceObjectProbesNothing() {
        choice(AccelSetting.AUTO, FIT);
        assertThat(probes).hasValue(0);
    }

    @Test
    void fitMeansKvmAndUnfitMeansTcgWithTheReason() throws Exception {
        assertThat(choice(AccelSetting.AUTO, FIT).choose().accelerator())
                .isEqualTo(Accelerator.KVM);
        Files.delete(verdictFile());
        assertThat(choice(AccelSetting.AUTO, UNFIT).choose())
                .isEqualTo(new Chosen(Accelerator.TCG, "at stage pae"));
    }

    @Test
    void scriptsAreToldInOneLine() throws Exception {
        assertThat(LinuxUnderKvm.verdict(choice(AccelSetting.AUTO, FIT)))
                .startsWith("fit: the probe guest ran");
        Files.delete(verdictFile());
        Verdict unfit = new Verdict.Unfit("at stage pae:\nQEMU said more");
        assertThat(LinuxUnderKvm.verdict(choice(AccelSetting.AUTO, unfit)))
                .isEqualTo("unfit: at stage pae: QEMU said more");
    }

    @Test
    void withoutADeviceThereIsNoProbe() throws Exception {
        Files.delete(host.kvmDevice());
        Chosen chosen = choice(AccelSetting.AUTO, FIT).choose();
        assertThat(chosen.accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(chosen.reason()).contains("there is no", "kvm");
        assertThat(probes).hasValue(0);
    }

    @Test
    void verdictIsRememberedAndOutlivesTheProcess() throws Exception {
        AcceleratorChoice first = choice(AccelSetting.AUTO, FIT);
        first.choose();
        first.choose();
        choice(AccelSetting.AUTO, UNFIT).choose();
        assertThat(probes).hasValue(1);
        assertThat(choice(AccelSetting.AUTO, UNFIT).choose().accelerator())
                .isEqualTo(Accelerator.KVM);
    }

    @Test
    void anotherBootIsProbedAnew() throws Exception {
        choice(AccelSetting.AUTO, FIT).choose();
        file("boot_id", "boot-2\n");
        assertThat(choice(AccelSetting.AUTO, UNFIT).choose().accelerator())
                .isEqualTo(Accelerator.TCG);
    }

    @Test
    void anotherKernelIsProbedAnew() throws Exception {
        choice(AccelSetting.AUTO, FIT).choose();
        file("osrelease", "6.2.0\n");
        assertThat(choice(AccelSetting.AUTO, UNFIT).choose().accelerator())
                .isEqualTo(Accelerator.TCG);
    }

    @Test
    void anotherQemuVersionIsProbedAnewEvenWhileRunning() throws Exception {
        AcceleratorChoice choice = choice(AccelSetting.AUTO, FIT);
        choice.choose();
        SimulatedQemu.script(directory, "QEMU emulator version 8.2.1", "exit 1");
        choice.choose();
        assertThat(probes).hasValue(2);
    }

    @Test
    void anotherBinaryIsProbedAnew() throws Exception {
        choice(AccelSetting.AUTO, FIT).choose();
        qemu = Files.move(qemu, directory.resolve("qemu-elsewhere"));
        assertThat(choice(AccelSetting.AUTO, UNFIT).choose().accelerator())
                .isEqualTo(Accelerator.TCG);
    }

    @Test
    void anotherMachineTypeIsProbedAnew() throws Exception {
        choice(AccelSetting.AUTO, FIT).choose();
        AcceleratorChoice other =
                new AcceleratorChoice(AccelSetting.AUTO, host, verdicts("microvm", () -> UNFIT));
        assertThat(other.choose().accelerator()).isEqualTo(Accelerator.TCG);
    }

    @Test
    void damagedFileIsProbedAnewAndReplaced() throws Exception {
        choice(AccelSetting.AUTO, FIT).choose();
        List<String> lines = new ArrayList<>(Files.readAllLines(verdictFile()));
        lines.set(lines.size() - 1, "fit as a fiddle");
        Files.write(verdictFile(), lines);
        assertThat(choice(AccelSetting.AUTO, UNFIT).choose().accelerator())
                .isEqualTo(Accelerator.TCG);
        assertThat(Files.readAllLines(verdictFile()).getLast()).isEqualTo("unfit at stage pae");
    }

    @Test
    void undecidedIsTcgForAMinuteAndNeverWrittenDown() throws Exception {
        AcceleratorChoice choice = choice(AccelSetting.AUTO, UNDECIDED);
        assertThat(choice.choose().reason()).contains("not certain");
        choice.choose();
        assertThat(probes).hasValue(1);
        assertThat(verdictFile()).doesNotExist();
    }

    @Test
    void stuckAtTheSameStageTwiceIsUnfit() throws Exception {
        AcceleratorChoice choice = choice(AccelSetting.AUTO, UNDECIDED);
        choice.choose();
        nanos += Duration.ofSeconds(61).toNanos();
        assertThat(choice.choose().reason()).contains("twice");
        assertThat(Files.readAllLines(verdictFile()).getLast()).startsWith("unfit ");
    }

    @Test
    void binaryThatDoesNotRunIsTcgWithTheReason() throws Exception {
        Files.delete(qemu);
        Chosen chosen = choice(AccelSetting.AUTO, FIT).choose();
        assertThat(chosen.accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(chosen.reason()).contains("qemu");
        assertThat(probes).hasValue(0);
    }

    @Test
    void concurrentCallersShareOneProbe() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AcceleratorChoice choice =
                new AcceleratorChoice(
                        AccelSetting.AUTO,
                        host,
                        verdicts(
                                "q35",
                                () -> {
                                    asked.countDown();
                                    assertThat(release.await(10, TimeUnit.SECONDS)).isTrue();
                                    return FIT;
                                }));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Chosen>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(callers.submit(choice::choose));
            }
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            release.countDown();
            for (Future<Chosen> answer : answers) {
                assertThat(answer.get(10, TimeUnit.SECONDS).accelerator())
                        .isEqualTo(Accelerator.KVM);
            }
        }
        assertThat(probes).hasValue(1);
    }

    @Test
    void noCallerWaitsThreeSeconds() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AcceleratorChoice choice =
                new AcceleratorChoice(
                        AccelSetting.AUTO,
                        host,
                        verdicts(
                                "q35",
                                () -> {
                                    assertThat(never.await(10, TimeUnit.SECONDS)).isTrue();
                                    return FIT;
                                }));
        long start = System.nanoTime();
        assertThat(choice.choose().accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(Duration.ofMillis(3_200));
        never.countDown();
        assertThat(choice.choose().accelerator()).isEqualTo(Accelerator.KVM);
    }

    private AcceleratorChoice choice(AccelSetting setting, Verdict verdict) {
        return new AcceleratorChoice(setting, host, verdicts("q35", () -> verdict));
    }

    private KvmVerdicts verdicts(String machine, KvmVerdicts.Prober prober) {
        KvmVerdicts.Prober counted =
                () -> {
                    probes.incrementAndGet();
                    return prober.probe();
                };
        return new KvmVerdicts(
                host,
                new QemuBinary(qemu),
                machine,
                directory.resolve("state"),
                counted,
                () -> nanos);
    }

    private Path verdictFile() {
        return directory.resolve("state/accel-verdict");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
