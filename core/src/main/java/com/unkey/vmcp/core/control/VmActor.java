package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.FailPoints.Point;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that may change a VM. It takes calls from its mailbox one at a time and does each
 * the same way: decide, record, act, record, reply. Whatever else happens to the VM only makes it
 * look: what it then sees and what is recorded are brought together by {@link Settlement}.
 */
final class VmActor {

    private static final System.Logger LOG = System.getLogger(VmActor.class.getName());

    /** A graceful operation that waits for the guest while the mailbox stays open. */
    private record Pending(
            Operation operation, Duration patience, long endNanos, Reply<VmState.Kind> reply) {

        Duration left() {
            return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
        }
    }

    private final Ports ports;
    private final Journal journal;
    private final Mailbox mailbox = new Mailbox();
    private final Lifecycle lifecycle;
    private final Sampler sampler;
    private final Runnable onGone;
    private @Nullable Pending pending;
    private boolean uneasy;
    private boolean ended;
    private final CountDownLatch over = new CountDownLatch(1);

    VmActor(Ports ports, VmRecord record, Runnable onGone) {
        this.ports = ports;
        this.journal = new Journal(ports, record);
        this.lifecycle = new Lifecycle(ports, mailbox::look);
        this.sampler = new Sampler(ports.clock(), record.id());
        this.onGone = onGone;
    }

    VmRecord record() {
        return journal.record();
    }

    Sampler sampler() {
        return sampler;
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    /** Queues a call; the reply says how it went. */
    void submit(Message.Call call) {
        switch (mailbox.post(call)) {
            case QUEUED -> {}
            case FULL ->
                    call.reply()
                            .fail(
                                    new VmFailure.LimitReached(
                                            "%s: %d operations already wait for VM \"%s\""
                                                    .formatted(
                                                            call.operation(),
                                                            Limits.MAILBOX,
                                                            record().id())));
            case CLOSED -> call.reply().fail(new VmFailure.UnknownVm(record().id()));
        }
    }

    /** Creates the VM and then serves it. */
    void startNew(Reply<VmRecord> reply) {
        start(
                () -> {
                    if (create(reply)) {
                        serve();
                    }
                });
    }

    /** Takes over a recorded VM, says so, and then serves it. */
    void startRecorded(Runnable taken) {
        start(
                () -> {
                    try {
                        adopt();
                    } finally {
                        taken.run();
                    }
                    serve();
                });
    }

    /** Ends the thread and lets go of the VMM, which lives on. */
    void stop() {
        mailbox.stop();
    }

    /** Waits for the thread's end; false where it goes on after {@code limitNanos}. */
    boolean awaitEnd(long limitNanos) {
        try {
            return over.await(limitNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void start(Runnable body) {
        Threads.start(
                "vm-" + record().identity().shortId(),
                () -> {
                    try {
                        body.run();
                    } finally {
                        end(new VmFailure.Unavailable("the VM's thread has ended"));
                        over.countDown();
                    }
                });
    }

    private boolean create(Reply<VmRecord> reply) {
        try {
            journal.insert();
            lifecycle.launch(record());
            journal.conclude(Action.CREATE, new VmState.Created());
            reply.succeed(record());
            return true;
        } catch (RuntimeException e) {
            undoCreate();
            reply.fail(e);
            return false;
        }
    }

    private void undoCreate() {
        try {
            removeAll(true);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "could not undo the creation of VM " + record().id(), e);
            vanish();
        }
    }

    private void adopt() {
        try {
            lifecycle.adopt(record());
            record().definition().files().consoleOutput().ifPresent(ports.host()::reclaimConsole);
            resumeWait();
            look();
        } catch (RuntimeException e) {
            uneasy = true;
            LOG.log(Level.WARNING, "could not take over VM " + record().id(), e);
        }
    }

    /** A graceful operation that the daemon's end interrupted goes on with nobody to tell. */
    private void resumeWait() {
        record().intent().filter(intent -> intent.operation().graceful()).ifPresent(this::rewait);
    }

    /** Nobody knows whether the button was pressed before; twice does no harm. */
    private void rewait(Intent intent) {
        Duration left = Duration.between(journal.now(), intent.deadline());
        if (left.isPositive() && lifecycle.observe(record()) instanceof Observation.Running) {
            lifecycle.require().pressPowerButton();
        }
        await(intent.operation(), left.isPositive() ? left : Duration.ZERO, Reply.toNobody());
    }

    private void serve() {
        try {
            while (!ended) {
                handle(mailbox.take(patience()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Duration> patience() {
        Pending waiting = pending;
        Optional<Duration> left = Optional.ofNullable(waiting).map(Pending::left);
        if (!uneasy) {
            return left;
        }
        return Optional.of(left.filter(l -> l.compareTo(Limits.RETRY) < 0).orElse(Limits.RETRY));
    }

    private void handle(Message message) {
        try {
            switch (message) {
                case Message.Call call -> call(call);
                case Message.Look _ -> lookAndExpire();
                case Message.Stop _ -> release();
            }
        } catch (RuntimeException e) {
            uneasy = true;
            LOG.log(Level.ERROR, "VM " + record().id() + ": " + e.getMessage(), e);
        }
    }

    private void call(Message.Call call) {
        if (call.reply().abandoned()) {
            return;
        }
        Optional<VmFailure> refusal = refusal(call.operation());
        if (refusal.isPresent()) {
            call.reply().fail(refusal.get());
            return;
        }
        giveWay(call.operation());
        try {
            begin(call);
        } catch (RuntimeException e) {
            call.reply().fail(e);
            afterFailure();
        }
    }

    private Optional<VmFailure> refusal(Operation asked) {
        Pending waiting = pending;
        return Admission.refusal(
                        record().state().kind(),
                        Optional.ofNullable(waiting).map(Pending::operation),
                        asked)
                .or(() -> Admission.inability(capabilities(), asked));
    }

    private Set<Capability> capabilities() {
        return lifecycle.backend(record()).capabilities();
    }

    private void giveWay(Operation to) {
        Pending waiting = pending;
        if (waiting != null) {
            pending = null;
            waiting.reply().fail(new VmFailure.Aborted(waiting.operation(), to));
        }
    }

    private void begin(Message.Call call) {
        Operation operation = call.operation();
        Instant until = operation.graceful() ? journal.now().plus(call.patience()) : journal.now();
        journal.begin(new Intent(operation, until));
        if (operation.graceful()) {
            lifecycle.require().pressPowerButton();
            await(operation, call.patience(), call.reply());
        } else if (operation.action() == Action.DELETE) {
            VmState.Kind last = record().state().kind();
            removeAll(false);
            call.reply().succeed(last);
        } else {
            conclude(operation.action(), act(operation), call.reply());
        }
    }

    private VmState act(Operation operation) {
        return switch (operation.action()) {
            case BOOT -> {
                lifecycle.launch(record()).boot();
                yield new VmState.Running(journal.now());
            }
            case PAUSE -> {
                lifecycle.require().pause();
                yield new VmState.Paused(bootedAt());
            }
            case RESUME -> {
                lifecycle.require().resume();
                yield new VmState.Running(bootedAt());
            }
            case REBOOT -> {
                lifecycle.require().reset();
                yield new VmState.Running(journal.now());
            }
            case SHUTDOWN -> {
                lifecycle.end();
                yield new VmState.Shutdown(Settlement.FORCED);
            }
            case CREATE, DELETE ->
                    throw new IllegalArgumentException(operation + " is not done here");
        };
    }

    private Instant bootedAt() {
        return switch (record().state()) {
            case VmState.Running(Instant booted) -> booted;
            case VmState.Paused(Instant booted) -> booted;
            case VmState.Created _, VmState.Shutdown _ -> journal.now();
        };
    }

    private void conclude(Action action, VmState reached, Reply<VmState.Kind> reply) {
        journal.conclude(action, reached);
        sampler.stateChanged(reached);
        reply.succeed(reached.kind());
    }

    private void await(Operation operation, Duration patience, Reply<VmState.Kind> reply) {
        pending = new Pending(operation, patience, System.nanoTime() + patience.toNanos(), reply);
    }

    /** After a failed operation the record follows what is seen, at once or as soon as possible. */
    private void afterFailure() {
        try {
            look();
        } catch (RuntimeException e) {
            uneasy = true;
            LOG.log(Level.WARNING, "VM " + record().id() + " could not be looked at", e);
        }
    }

    private void lookAndExpire() {
        look();
        Pending waiting = pending;
        if (waiting != null && waiting.left().isZero()) {
            expire(waiting);
        }
    }

    private void expire(Pending waiting) {
        pending = null;
        journal.settle(record().state());
        waiting.reply().fail(new VmFailure.TooSlow(waiting.operation(), waiting.patience()));
    }

    private void look() {
        if (lifecycle.vmm().isEmpty() && atRest()) {
            uneasy = false;
            return;
        }
        Observation seen = lifecycle.observe(record());
        apply(Settlement.settle(record(), seen, journal.now()), seen);
        uneasy = false;
    }

    private boolean atRest() {
        return record().intent().isEmpty() && record().state() instanceof VmState.Shutdown;
    }

    private void apply(Verdict verdict, Observation seen) {
        switch (verdict) {
            case Verdict.As(VmState state) -> follow(state);
            case Verdict.AwaitGuest _ -> awaitGuest();
            case Verdict.End(String reason) -> endVmm(reason, seen);
            case Verdict.Restart _ -> restart();
            case Verdict.Start _ -> {
                lifecycle.require().boot();
                finish(new VmState.Running(journal.now()));
            }
            case Verdict.Remove _ -> removeAll(creating());
        }
    }

    /** From here on the reboot is no more a wait: whatever happens next must not wait again. */
    private void restart() {
        journal.begin(new Intent(Operation.forced(Action.REBOOT), journal.now()));
        lifecycle.require().reset();
        finish(new VmState.Running(journal.now()));
    }

    private boolean creating() {
        return record().intent().map(i -> i.operation().action() == Action.CREATE).orElse(false);
    }

    private void follow(VmState state) {
        journal.settle(state);
        sampler.stateChanged(state);
    }

    /** The guest runs on; an intent that nobody waits for any more is dropped. */
    private void awaitGuest() {
        if (pending == null) {
            follow(record().state());
        }
    }

    private void endVmm(String reason, Observation seen) {
        lifecycle.end();
        VmState.Shutdown shutdown = new VmState.Shutdown(reason);
        Pending waiting = pending;
        if (waiting != null && seen instanceof Observation.Gone) {
            pending = null;
            follow(shutdown);
            waiting.reply().fail(lost(waiting.operation(), reason));
        } else {
            finish(shutdown);
        }
    }

    private static VmException lost(Operation operation, String reason) {
        return VmException.vmmFailed(operation + ": the VMM was lost: " + reason);
    }

    /** The guest did what a graceful operation waited for, or something on its own. */
    private void finish(VmState reached) {
        Pending waiting = pending;
        pending = null;
        if (waiting == null) {
            follow(reached);
        } else {
            conclude(waiting.operation().action(), reached, waiting.reply());
        }
    }

    private void removeAll(boolean withConsole) {
        lifecycle.remove(record());
        record().definition()
                .files()
                .consoleOutput()
                .ifPresent(file -> ports.host().releaseConsole(file, withConsole));
        ports.failPoints().reach(Point.ACTED, Action.DELETE);
        journal.remove();
        ports.failPoints().reach(Point.OUTCOME_RECORDED, Action.DELETE);
        vanish();
    }

    private void vanish() {
        onGone.run();
        end(new VmFailure.UnknownVm(record().id()));
    }

    private void release() {
        lifecycle.release();
        end(new VmFailure.Unavailable("the daemon is stopping"));
    }

    private void end(VmFailure told) {
        ended = true;
        mailbox.close().forEach(call -> call.reply().fail(told));
        Pending waiting = pending;
        if (waiting != null) {
            waiting.reply().fail(told);
        }
    }
}
