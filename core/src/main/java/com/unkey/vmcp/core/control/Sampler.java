package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmState;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Samples of one VM, taken when somebody asks and the last is older than {@link Limits#SAMPLE_AGE},
 * once for all who ask meanwhile. A VMM that does not answer keeps nobody longer than {@link
 * Limits#SAMPLE_WAIT}.
 *
 * <p>Safe on every thread.
 */
final class Sampler {

    private static final System.Logger LOG = System.getLogger(Sampler.class.getName());

    /** A sample, when it was taken and how busy the vCPUs were since the one before. */
    record Taken(Sample sample, double cpuPercent, Instant at) {

        Duration age(Instant now) {
            Duration age = Duration.between(at, now);
            return age.isNegative() ? Duration.ZERO : age;
        }
    }

    /** Whose sample is taken: the VMM, its vCPUs and the time at which the guest was booted. */
    record Subject(Vmm vmm, int vcpus, Instant bootedAt) {}

    private final InstantSource clock;
    private final VmId id;
    private final AtomicReference<@Nullable CompletableFuture<Taken>> underWay =
            new AtomicReference<>();
    private volatile @Nullable Taken latest;

    Sampler(InstantSource clock, VmId id) {
        this.clock = clock;
        this.id = id;
    }

    /** Forgets what was sampled once the guest has ended; the next boot counts anew. */
    void stateChanged(VmState reached) {
        if (reached instanceof VmState.Shutdown) {
            latest = null;
        }
    }

    /** The newest sample that is to be had within the wait; empty where there never was one. */
    Optional<Taken> read(Subject subject) {
        Taken last = latest;
        if (last != null && last.age(clock.instant()).compareTo(Limits.SAMPLE_AGE) <= 0) {
            return Optional.of(last);
        }
        return Optional.ofNullable(within(sample(subject)));
    }

    private @Nullable Taken within(CompletableFuture<Taken> sampled) {
        try {
            return sampled.get(Limits.SAMPLE_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return latest;
        } catch (ExecutionException e) {
            LOG.log(Level.DEBUG, "no new sample of VM " + id, e);
            return latest;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return latest;
        }
    }

    private CompletableFuture<Taken> sample(Subject subject) {
        CompletableFuture<Taken> mine = new CompletableFuture<>();
        CompletableFuture<Taken> other = underWay.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        Threads.start("sample-" + id, () -> take(subject, mine));
        return mine;
    }

    private void take(Subject subject, CompletableFuture<Taken> result) {
        try {
            Sample sample = subject.vmm().sample();
            Instant now = clock.instant();
            Taken taken = new Taken(sample, percent(subject, sample, now), now);
            latest = taken;
            underWay.set(null);
            result.complete(taken);
        } catch (RuntimeException | Error e) {
            underWay.set(null);
            result.completeExceptionally(e);
        }
    }

    private double percent(Subject subject, Sample sample, Instant now) {
        Taken before = latest;
        Duration busy =
                before == null
                        ? sample.cpuTime()
                        : sample.cpuTime().minus(before.sample().cpuTime());
        Instant since = before == null ? subject.bootedAt() : before.at();
        double available = Duration.between(since, now).toNanos() * (double) subject.vcpus();
        return available <= 0 ? 0 : Math.clamp(100 * busy.toNanos() / available, 0, 100);
    }
}
