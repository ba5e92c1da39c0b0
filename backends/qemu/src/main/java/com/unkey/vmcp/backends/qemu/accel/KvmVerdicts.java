package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether KVM is fit, from memory, from the file, or from a probe, in this order.
 *
 * <p>A certain verdict holds until its key changes. An undecided one holds for a minute, so that a
 * busy host is not kept busy by probes; two in a row that stood at the same stage count as proof
 * that the guest is stuck there. {@link #find} is called by one thread at a time; {@link #recall}
 * by any.
 */
final class KvmVerdicts {
    /** One run of the probe guest. */
    interface Prober {
        Verdict probe() throws IOException, InterruptedException;
    }

    private record Remembered(String fingerprint, Verdict verdict, long nanos) {}

    private static final Logger LOG = LoggerFactory.getLogger(KvmVerdicts.class);
    private static final Duration UNDECIDED_HOLDS = Duration.ofSeconds(60);

    private final Host host;
    private final QemuBinary qemu;
    private final String machine;
    private final Path directory;
    private final Prober prober;
    private final LongSupplier nanoTime;
    private final VerdictFile file;

    private volatile @Nullable Remembered remembered;

    KvmVerdicts(
            Host host,
            QemuBinary qemu,
            String machine,
            Path directory,
            Prober prober,
            LongSupplier nanoTime) {
        this.host = host;
        this.qemu = qemu;
        this.machine = machine;
        this.directory = directory;
        this.prober = prober;
        this.nanoTime = nanoTime;
        this.file = new VerdictFile(directory.resolve("accel-verdict"));
    }

    static KvmVerdicts of(Path qemuBinary, String machine, Path directory) {
        AcceleratorProbe probe =
                new AcceleratorProbe(
                        qemuBinary, machine, directory.resolve("accel-probe"), ProbeLimits.DEFAULT);
        return new KvmVerdicts(
                Host.THIS,
                new QemuBinary(qemuBinary),
                machine,
                directory,
                () -> probe.run(Accelerator.KVM),
                System::nanoTime);
    }

    /** The verdict in memory, if it still holds. Costs a few system calls. */
    Optional<Verdict> recall() {
        Remembered last = remembered;
        if (last == null || !last.fingerprint().equals(fingerprint())) {
            return Optional.empty();
        }
        boolean expired =
                last.verdict() instanceof Verdict.Undecided
                        && nanoTime.getAsLong() - last.nanos() > UNDECIDED_HOLDS.toNanos();
        return expired ? Optional.empty() : Optional.of(last.verdict());
    }

    /** The verdict, by a probe if need be. */
    Verdict find() throws InterruptedException {
        Optional<Verdict> known = recall();
        if (known.isPresent()) {
            return known.get();
        }
        Verdict verdict;
        try {
            verdict = fromFileOrProbe();
        } catch (IOException e) {
            verdict = new Verdict.Undecided("key", "KVM could not be probed: " + e.getMessage());
        }
        remembered = new Remembered(fingerprint(), verdict, nanoTime.getAsLong());
        return verdict;
    }

    private Verdict fromFileOrProbe() throws IOException, InterruptedException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        VerdictKey key = key();
        Optional<Verdict> kept = file.read(key);
        if (kept.isPresent()) {
            LOG.debug("accelerator verdict from the file: {}", kept.get());
            return kept.get();
        }
        Verdict verdict = hardened(prober.probe());
        LOG.info("accelerator probe on machine type {}: {}", machine, verdict);
        file.write(key, verdict);
        return verdict;
    }

    private Verdict hardened(Verdict verdict) {
        Remembered last = remembered;
        if (verdict instanceof Verdict.Undecided(String stage, String reason)
                && last != null
                && last.verdict() instanceof Verdict.Undecided(String lastStage, _)
                && lastStage.equals(stage)) {
            return new Verdict.Unfit(reason + ", twice");
        }
        return verdict;
    }

    private VerdictKey key() throws IOException, InterruptedException {
        return new VerdictKey(
                host.readBootId(),
                host.readKernelRelease(),
                qemu.version(directory.resolve("accel-version")),
                qemu.fingerprint(),
                machine,
                ProbeGuest.digest());
    }

    private String fingerprint() {
        try {
            return qemu.fingerprint();
        } catch (IOException e) {
            return "none: " + e.getMessage();
        }
    }
}
