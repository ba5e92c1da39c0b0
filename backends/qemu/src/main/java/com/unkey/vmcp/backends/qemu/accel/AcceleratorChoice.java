package com.unkey.vmcp.backends.qemu.accel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The accelerator for the next VM.
 *
 * <p>{@code kvm} and {@code tcg} are taken at their word. {@code auto} is KVM where the probe guest
 * runs under it and TCG everywhere else; it is found out when the first VM needs it, not before,
 * and remembered (see {@link KvmVerdicts}).
 */
public final class AcceleratorChoice {
    /**
     * An accelerator and why it was taken.
     *
     * @param reason for the log and for operators
     */
    public record Chosen(Accelerator accelerator, String reason) {}

    private static final Duration LONGEST_WAIT = Duration.ofMillis(2_950);

    private final AccelSetting setting;
    private final Host host;
    private final KvmVerdicts verdicts;
    private final AtomicReference<@Nullable CompletableFuture<Verdict>> flight =
            new AtomicReference<>();

    AcceleratorChoice(AccelSetting setting, Host host, KvmVerdicts verdicts) {
        this.setting = setting;
        this.host = host;
        this.verdicts = verdicts;
    }

    /**
     * A choice for this host.
     *
     * @param qemuBinary the binary that VMs will be run with
     * @param machine the value of {@code -M} that VMs will be run with
     * @param directory the daemon's own; made with mode 0700 when it is missing. The verdict is
     *     kept there
     */
    public static AcceleratorChoice of(
            AccelSetting setting, Path qemuBinary, String machine, Path directory) {
        return new AcceleratorChoice(
                setting, Host.THIS, KvmVerdicts.of(qemuBinary, machine, directory));
    }

    /**
     * Answers at once when it is known, and after three seconds at most when KVM has to be probed;
     * callers who come meanwhile share one probe.
     *
     * @throws InterruptedException when the caller gives up; the probe goes on for the others
     */
    public Chosen choose() throws InterruptedException {
        return switch (setting) {
            case KVM -> new Chosen(Accelerator.KVM, "set to kvm");
            case TCG -> new Chosen(Accelerator.TCG, "set to tcg");
            case AUTO -> auto();
        };
    }

    private Chosen auto() throws InterruptedException {
        Optional<String> closed = host.kvmClosedBecause();
        if (closed.isPresent()) {
            return new Chosen(Accelerator.TCG, closed.get());
        }
        Optional<Verdict> known = verdicts.recall();
        return switch (known.isPresent() ? known.get() : awaitFlight()) {
            case Verdict.Fit(Duration took) ->
                    new Chosen(
                            Accelerator.KVM,
                            "the probe guest ran under KVM in " + took.toMillis() + " ms");
            case Verdict.Unfit(String reason) -> new Chosen(Accelerator.TCG, reason);
            case Verdict.Undecided(_, String reason) ->
                    new Chosen(Accelerator.TCG, reason + " (not certain yet)");
        };
    }

    private Verdict awaitFlight() throws InterruptedException {
        try {
            return join().get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return new Verdict.Undecided("wait", "the probe is still under way");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the accelerator probe broke down", e.getCause());
        }
    }

    private CompletableFuture<Verdict> join() {
        CompletableFuture<Verdict> mine = new CompletableFuture<>();
        CompletableFuture<Verdict> running = flight.compareAndExchange(null, mine);
        if (running != null) {
            return running;
        }
        Thread.ofVirtual().name("accelerator-probe").start(() -> fly(mine));
        return mine;
    }

    /**
     * The flight ends before its result is told, so that whoever asks again later starts from
     * memory.
     */
    private void fly(CompletableFuture<Verdict> result) {
        try {
            Verdict verdict = verdicts.find();
            flight.set(null);
            result.complete(verdict);
        } catch (InterruptedException | RuntimeException e) {
            flight.set(null);
            result.completeExceptionally(e);
        }
    }
}
