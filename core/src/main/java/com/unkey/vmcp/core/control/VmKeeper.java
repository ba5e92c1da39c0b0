package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
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
import org.jspecify.annotations.Nullable;

/**
 * What is done to one VM. Each call goes the same way: decide, record, act, record, reply. Whatever
 * else happens only makes it look: what it then sees and what is recorded are brought together by
 * {@link Settlement}.
 *
 * <p>Used by the VM's own thread alone; anybody may get the record, the sampler and the lifecycle.
 */
final class VmKeeper {

    private static final System.Logger LOG = System.getLogger(VmKeeper.class.getName());

    private final Ports ports;
    private final Journal journal;
    private final Lifecycle lifecycle;
    private final Sampler sampler;
    private final Runnable onGone;
    private @Nullable GracefulWait waiting;
    private @Nullable VmFailure end;

    /** The last look failed, or its outcome could not be recorded: look again soon. */
    private boolean uneasy;

    VmKeeper(Ports ports, VmRecord record, Runnable onChange, Runnable onGone) {
        this.ports = ports;
        this.journal = new Journal(ports, record);
        this.lifecycle = new Lifecycle(ports, onChange);
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

    boolean ended() {
        return end != null;
    }

    /** What is told to whoever still waits when the thread ends. */
    VmFailure end() {
        VmFailure told = end == null ? new VmFailure.Unavailable("the VM's thread has ended") : end;
        takeWait().ifPresent(wait -> wait.reply().fail(told));
        return told;
    }

    /** How long the thread may sleep; empty: until there is something to do. */
    Optional<Duration> patience() {
        Optional<Duration> idle = Optional.ofNullable(waiting).map(GracefulWait::idle);
        Duration soon = idle.filter(i -> i.compareTo(Limits.RETRY) < 0).orElse(Limits.RETRY);
        return uneasy ? Optional.of(soon) : idle;
    }

    /** Creates the VM, or leaves nothing of it. */
    void create(Reply<VmRecord> reply) {
        try {
            journal.insert();
            lifecycle.launch(record());
            journal.conclude(Action.CREATE, new VmState.Created());
            reply.succeed(record());
        } catch (RuntimeException | Error e) {
            undoCreate();
            reply.fail(e);
        }
    }

    private void undoCreate() {
        try {
            removeAll(true);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the next start undoes the creation of " + record().id(), e);
            vanish();
        }
    }

    /** Takes over what an earlier daemon left; what cannot be reached is tried again. */
    void adopt() {
        try {
            lifecycle.adopt(record());
            record().definition().files().consoleOutput().ifPresent(ports.host()::reclaimConsole);
            record().intent().filter(i -> i.operation().graceful()).ifPresent(this::resumeWait);
            look();
        } catch (RuntimeException e) {
            troubled(e);
        }
    }

    /** Nobody knows whether the button was pressed before; twice does no harm. */
    private void resumeWait(Intent intent) {
        Duration left = Duration.between(journal.now(), intent.deadline());
        if (left.isPositive() && lifecycle.observe(record()) instanceof Observation.Running) {
            lifecycle.require().pressPowerButton();
        }
        waiting =
                GracefulWait.begin(
                        intent.operation(),
                        left.isPositive() ? left : Duration.ZERO,
                        Reply.toNobody());
    }

    /** Does what a call asks for, or refuses it. */
    void call(Message.Call call) {
        if (call.reply().abandoned()) {
            return;
        }
        try {
            calmDown(call.operation());
            refuseOrPass(call.operation());
            begin(call);
        } catch (RuntimeException | Error e) {
            call.reply().fail(e);
        }
    }

    /**
     * Nothing is decided on a record that may be behind. Force needs no answer of the VMM, but it
     * needs the VMM; a VM is removed by its name alone.
     */
    private void calmDown(Operation asked) {
        boolean atHand = lifecycle.known() || asked.action() == Action.DELETE;
        if (uneasy && !(asked.force() && atHand)) {
            look();
        }
    }

    private void refuseOrPass(Operation asked) {
        Optional<Operation> underWay = Optional.ofNullable(waiting).map(GracefulWait::operation);
        Optional<VmFailure> refusal =
                Admission.refusal(record().state().kind(), underWay, asked)
                        .or(() -> lifecycle.inability(record(), asked));
        if (refusal.isPresent()) {
            throw new VmException(refusal.get());
        }
    }

    private void begin(Message.Call call) {
        Operation operation = call.operation();
        takeWait().ifPresent(wait -> wait.abort(operation));
        try {
            Instant now = journal.now();
            journal.begin(
                    new Intent(operation, operation.graceful() ? now.plus(call.patience()) : now));
            carryOut(call);
        } catch (RuntimeException | Error e) {
            tryToLook();
            takeWait().ifPresent(wait -> giveUp(wait, e));
            throw e;
        }
    }

    /** A VMM may end with its guest before it has answered that the button is pressed. */
    private void carryOut(Message.Call call) {
        Operation operation = call.operation();
        if (operation.graceful()) {
            waiting = GracefulWait.begin(operation, call.patience(), call.reply());
            lifecycle.require().pressPowerButton();
        } else if (operation.action() == Action.DELETE) {
            VmState.Kind last = record().state().kind();
            removeAll(false);
            call.reply().succeed(last);
        } else {
            conclude(operation.action(), lifecycle.act(operation.action(), record()), call.reply());
        }
    }

    private void conclude(Action action, VmState reached, Reply<VmState.Kind> reply) {
        journal.conclude(action, reached);
        sampler.stateChanged(reached);
        reply.succeed(reached.kind());
    }

    /** The record follows what is seen, at once or as soon as possible. */
    private void tryToLook() {
        try {
            look();
        } catch (RuntimeException e) {
            troubled(e);
        }
    }

    /** Looks, and ends a wait whose time is over whatever the look brought. */
    void lookAndExpire() {
        tryToLook();
        if (waiting != null && waiting.over()) {
            takeWait().ifPresent(wait -> giveUp(wait, wait.tooSlow()));
        }
    }

    private void giveUp(GracefulWait wait, Throwable why) {
        try {
            follow(record().state());
        } catch (RuntimeException e) {
            troubled(e);
        } finally {
            wait.reply().fail(why);
        }
    }

    private void troubled(RuntimeException cause) {
        uneasy = true;
        LOG.log(Level.WARNING, "VM " + record().id() + " is to be looked at again", cause);
    }

    private void look() {
        if (lifecycle.vmm().isPresent() || !record().atRest()) {
            uneasy = true;
            Observation seen = lifecycle.observe(record());
            apply(Settlement.settle(record(), seen, journal.now()), seen);
        }
        uneasy = false;
    }

    private void apply(Verdict verdict, Observation seen) {
        switch (verdict) {
            case Verdict.As(VmState state) -> follow(state);
            case Verdict.AwaitGuest _ -> awaitGuest();
            case Verdict.End(String reason) -> endVmm(reason, seen);
            case Verdict.Restart _ -> restart();
            case Verdict.Start _ -> start(lifecycle.require()::boot);
            case Verdict.Remove _ -> removeAll(record().intends(Action.CREATE));
        }
    }

    private void follow(VmState state) {
        journal.settle(state);
        sampler.stateChanged(state);
    }

    /** The guest runs on; an intent that nobody waits for any more is dropped. */
    private void awaitGuest() {
        if (waiting == null) {
            follow(record().state());
        } else if (waiting.pressDue()) {
            waiting = waiting.pressed();
            lifecycle.require().pressPowerButton();
        }
    }

    private void endVmm(String reason, Observation seen) {
        lifecycle.end();
        VmState.Shutdown shutdown = new VmState.Shutdown(reason);
        if (waiting != null && seen instanceof Observation.Gone) {
            GracefulWait lost = takeWait().orElseThrow();
            try {
                follow(shutdown);
            } finally {
                lost.reply()
                        .fail(
                                new VmFailure.VmmFailed(
                                        lost.operation() + ": the VMM was lost: " + reason));
            }
        } else {
            finish(shutdown);
        }
    }

    /** From here on the reboot is no more a wait: whatever happens next must not wait again. */
    private void restart() {
        journal.begin(new Intent(Operation.forced(Action.REBOOT), journal.now()));
        start(lifecycle.require()::reset);
    }

    /** A guest that cannot be started anew is not tried again and again, it is shut down. */
    private void start(Runnable starting) {
        try {
            starting.run();
        } catch (RuntimeException e) {
            Optional<GracefulWait> wait = takeWait();
            try {
                lifecycle.end();
                follow(
                        new VmState.Shutdown(
                                "the guest could not be started anew: " + e.getMessage()));
            } finally {
                wait.ifPresent(w -> w.reply().fail(e));
            }
            return;
        }
        finish(new VmState.Running(journal.now()));
    }

    /** The guest did what a graceful operation waited for, or something on its own. */
    private void finish(VmState reached) {
        Optional<GracefulWait> wait = takeWait();
        try {
            if (wait.isPresent()) {
                conclude(wait.get().operation().action(), reached, wait.get().reply());
            } else {
                follow(reached);
            }
        } catch (RuntimeException e) {
            wait.ifPresent(w -> w.reply().fail(e));
            throw e;
        }
    }

    private Optional<GracefulWait> takeWait() {
        Optional<GracefulWait> taken = Optional.ofNullable(waiting);
        waiting = null;
        return taken;
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
        end = new VmFailure.UnknownVm(record().id());
    }

    /** The daemon stops: lets go of the VMM, which lives on. */
    void release() {
        lifecycle.release();
        end = new VmFailure.Unavailable("the daemon is stopping");
    }
}
