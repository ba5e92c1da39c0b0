package com.unkey.vmcp.testkit.vmm;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A guest that counts aloud from 1: eight hex digits and a newline each few milliseconds while it
 * runs. Or it says one line, and then does at once what its kind is to do. Once a call that pauses
 * or stops it has returned, it says and does nothing more.
 */
public final class PlayedGuest {

    /** What a guest can do to the VMM it runs in; called on the guest's own thread. */
    public interface Machine {
        void print(byte[] text);

        /** One tick's worth of reading and writing. */
        void useDevices();

        void guestPanicked();

        /** The guest has ended by itself, with S5. */
        void guestPoweredOff();

        /** The guest has ended by itself and wants to start again. */
        void guestReset();

        /** The guest has ended by a fault that the processor cannot handle. */
        void guestCrashed();
    }

    private enum Act {
        NONE,
        POWER_OFF,
        RESET,
        CRASH
    }

    private static final Duration TICK = Duration.ofMillis(5);
    private static final int TICKS_BEFORE_ITS_ACT = 6;

    private final GuestKind kind;
    private final String line;
    private final Machine machine;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean paused;
    private boolean ended;
    private boolean buttonPressed;
    private Act lastAct = Act.NONE;
    private long ticks;
    private long ranNanos;
    private long runningSince = System.nanoTime();

    private PlayedGuest(GuestKind kind, String line, Machine machine) {
        this.kind = kind;
        this.line = line;
        this.machine = machine;
    }

    /** One that counts, on a thread of that name. */
    public static PlayedGuest start(String thread, GuestKind kind, Machine machine) {
        return start(thread, kind, "", machine);
    }

    /**
     * One that says a line, on a thread of that name.
     *
     * @param line an empty one stands for a guest that counts
     */
    public static PlayedGuest start(String thread, GuestKind kind, String line, Machine machine) {
        PlayedGuest guest = new PlayedGuest(kind, line, machine);
        Thread.ofPlatform().daemon().name(thread).start(guest::run);
        return guest;
    }

    private void run() {
        lock.lock();
        try {
            sayLine();
            while (!ended) {
                if (paused || !line.isEmpty()) {
                    changed.await();
                } else {
                    tick();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        switch (lastAct) {
            case POWER_OFF -> machine.guestPoweredOff();
            case RESET -> machine.guestReset();
            case CRASH -> machine.guestCrashed();
            case NONE -> {}
        }
    }

    private void sayLine() {
        if (!line.isEmpty()) {
            machine.print(line.getBytes(StandardCharsets.US_ASCII));
            actByItself();
        }
    }

    private void tick() throws InterruptedException {
        if (mustPowerOff()) {
            end(Act.POWER_OFF);
            return;
        }
        ticks++;
        machine.print("%08x\n".formatted(ticks).getBytes(StandardCharsets.US_ASCII));
        if (kind == GuestKind.BUSY) {
            machine.useDevices();
        }
        if (ticks == TICKS_BEFORE_ITS_ACT) {
            actByItself();
        }
        long left = TICK.toNanos();
        while (left > 0 && !ended && !paused && !mustPowerOff()) {
            left = changed.awaitNanos(left);
        }
    }

    private boolean mustPowerOff() {
        return buttonPressed && kind.heedsButton();
    }

    private void actByItself() {
        switch (kind) {
            case POWERS_OFF -> end(Act.POWER_OFF);
            case RESETS -> end(Act.RESET);
            case CRASHES -> end(Act.CRASH);
            case PANICS -> machine.guestPanicked();
            case HEEDS_BUTTON, IGNORES_BUTTON, RESTS, BUSY -> {}
        }
    }

    private void end(Act act) {
        if (!ended) {
            countTime();
            ended = true;
            lastAct = act;
            changed.signalAll();
        }
    }

    /** The time up to now counts if the guest ran. */
    private void countTime() {
        long now = System.nanoTime();
        ranNanos += paused || ended ? 0 : now - runningSince;
        runningSince = now;
    }

    public void pause() {
        change(
                () -> {
                    countTime();
                    paused = true;
                });
    }

    public void resume() {
        change(
                () -> {
                    countTime();
                    paused = false;
                });
    }

    public void pressButton() {
        change(() -> buttonPressed = true);
    }

    public void stop() {
        change(() -> end(Act.NONE));
    }

    /** How long it has run in all, as processor time. */
    public Duration ranFor() {
        lock.lock();
        try {
            countTime();
            return Duration.ofNanos(ranNanos);
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
