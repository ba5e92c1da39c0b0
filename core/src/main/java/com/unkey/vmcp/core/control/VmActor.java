package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.VmRecord;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that may change a VM, and the mailbox it takes its work from, one message at a
 * time. What the work is, {@link VmKeeper} knows.
 */
final class VmActor {

    private static final System.Logger LOG = System.getLogger(VmActor.class.getName());

    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch over = new CountDownLatch(1);
    private final VmKeeper keeper;

    /**
     * An actor that does nothing before it is started.
     *
     * @param onGone run when the VM exists no more
     */
    VmActor(Ports ports, VmRecord record, Runnable onGone) {
        this.keeper = new VmKeeper(ports, record, mailbox::look, onGone);
    }

    VmRecord record() {
        return keeper.record();
    }

    Sampler sampler() {
        return keeper.sampler();
    }

    Lifecycle lifecycle() {
        return keeper.lifecycle();
    }

    /** Queues a call; the reply says how it went. */
    void submit(Message.Call call) {
        switch (mailbox.post(call)) {
            case QUEUED -> {}
            case FULL -> call.reply().fail(full(call));
            case CLOSED -> call.reply().fail(new VmFailure.UnknownVm(record().id()));
        }
    }

    private VmFailure full(Message.Call call) {
        return new VmFailure.LimitReached(
                "%s: %d operations already wait for VM \"%s\""
                        .formatted(call.operation(), Limits.MAILBOX, record().id()));
    }

    /** Creates the VM and then serves it. */
    void startNew(Reply<VmRecord> reply) {
        start(() -> keeper.create(reply));
    }

    /** Takes over a recorded VM, says so, and then serves it. */
    void startRecorded(Runnable taken) {
        start(
                () -> {
                    try {
                        keeper.adopt();
                    } finally {
                        taken.run();
                    }
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

    private void start(Runnable beginning) {
        Threads.start(
                "vm-" + record().identity().shortId(),
                () -> {
                    try {
                        beginning.run();
                        serve();
                    } finally {
                        VmFailure told = keeper.end();
                        mailbox.close().forEach(call -> call.reply().fail(told));
                        over.countDown();
                    }
                });
    }

    private void serve() {
        try {
            while (!keeper.ended()) {
                handle(mailbox.take(keeper.patience()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing that goes wrong with one message may end the thread: the VM has no other. */
    private void handle(Message message) {
        try {
            switch (message) {
                case Message.Call call -> keeper.call(call);
                case Message.Look _ -> keeper.lookAndExpire();
                case Message.Stop _ -> keeper.release();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "VM " + record().id() + ": " + e.getMessage(), e);
        }
    }
}
