package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.GuestKind;
import com.unkey.vmcp.testkit.vmm.PlayedGuest;
import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one microVM of a process, which starts once. Each method is a request or something the guest
 * has done, and they exclude one another. What the guest ends shows only while it is not paused.
 */
final class Microvm implements PlayedGuest.Machine {

    enum State {
        NOT_STARTED("Not started"),
        RUNNING("Running"),
        PAUSED("Paused");

        private final String told;

        State(String told) {
            this.told = told;
        }

        String told() {
            return told;
        }
    }

    /** The keyboard's buffer has room for so many unread key combinations. */
    private static final int UNREAD_AT_MOST = 4;

    private static final int SECTOR = 512;
    private static final int PACKET = 64;

    private final Setup setup;
    private final FcLog log;
    private final FcMetrics metrics;
    private final OutputStream standardOutput;
    private final IntConsumer guestEnded;
    private State state = State.NOT_STARTED;
    private GuestKind kind = GuestKind.RESTS;
    private @Nullable PlayedGuest guest;
    private @Nullable FileChannel serial;
    private int unread;
    private OptionalInt heldBack = OptionalInt.empty();

    /**
     * Makes one that is not started.
     *
     * @param guestEnded told the exit code when the process is to end with its guest; must not
     *     block
     */
    Microvm(
            Setup setup,
            FcLog log,
            FcMetrics metrics,
            OutputStream standardOutput,
            IntConsumer guestEnded) {
        this.setup = setup;
        this.log = log;
        this.metrics = metrics;
        this.standardOutput = standardOutput;
        this.guestEnded = guestEnded;
    }

    synchronized State state() {
        return state;
    }

    /** The configuration, while it can be changed. */
    synchronized Setup beforeStart() {
        if (state != State.NOT_STARTED) {
            throw Refusal.afterStart();
        }
        return setup;
    }

    /** The configuration of what runs or is paused. */
    synchronized Setup afterStart() {
        if (state == State.NOT_STARTED) {
            throw Refusal.beforeStart();
        }
        return setup;
    }

    /** The configuration, at any time. */
    Setup setup() {
        return setup;
    }

    synchronized void start() {
        KernelFile.Guest loaded = beforeStart().load();
        serial = setup.serial().map(Microvm::openSerial).orElse(null);
        setup.drives().ids().forEach(metrics::addDrive);
        setup.interfaces().ids().forEach(metrics::addInterface);
        log.info("main", "Artificially kick devices");
        kind = loaded.kind();
        state = State.RUNNING;
        metrics.write();
        guest = PlayedGuest.start("fc_vcpu 0", kind, loaded.line(), this);
    }

    private static FileChannel openSerial(Path path) {
        try {
            return FcLog.open(path);
        } catch (IOException e) {
            throw new Refusal(
                    "Start microvm error: Failed to create device manager: Error with EventFd: "
                            + SystemError.told(e));
        }
    }

    synchronized void pause() {
        afterStart();
        if (guest != null) {
            guest.pause();
        }
        state = State.PAUSED;
        tookAMoment("pause");
    }

    synchronized void resume() {
        afterStart();
        if (guest != null) {
            guest.resume();
        }
        state = State.RUNNING;
        tookAMoment("resume");
        heldBack.ifPresent(guestEnded);
    }

    private void tookAMoment(String what) {
        log.info("main", "'" + what + " vm' VMM action took 50 us.");
        metrics.took("vmm_" + what + "_vm", 50);
        metrics.took(what + "_vm", 90);
    }

    synchronized void pressCtrlAltDel() {
        afterStart();
        if (unread >= UNREAD_AT_MOST) {
            throw new Refusal("Internal VMM error: I8042 error: i8042 internal buffer full.");
        }
        unread++;
        if (guest != null && kind.heedsButton()) {
            guest.pressButton();
        }
    }

    synchronized void flushMetrics() {
        afterStart();
        metrics.write();
    }

    /** The write that comes unasked, which a paused one does not do. */
    synchronized void writeMetricsByItself() {
        if (state == State.RUNNING) {
            metrics.write();
        }
    }

    synchronized Optional<PlayedGuest> guest() {
        return Optional.ofNullable(guest);
    }

    @Override
    public void print(byte[] text) {
        FileChannel file = serial;
        try {
            if (file == null) {
                standardOutput.write(text);
                standardOutput.flush();
            } else {
                file.write(ByteBuffer.wrap(text));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the guest's output cannot be written", e);
        }
        metrics.count("uart", "write_count", text.length);
        metrics.count("vcpu", "exit_io_out", text.length);
    }

    @Override
    public void useDevices() {
        for (String id : setup.drives().ids()) {
            metrics.countOf("block", id, "read_bytes", SECTOR);
            metrics.countOf("block", id, "read_count", 1);
            metrics.countOf("block", id, "write_bytes", 2 * SECTOR);
            metrics.countOf("block", id, "write_count", 1);
            metrics.countOf("block", id, "flush_count", 1);
        }
        for (String id : setup.interfaces().ids()) {
            metrics.countOf("net", id, "rx_bytes_count", PACKET);
            metrics.countOf("net", id, "rx_packets_count", 1);
            metrics.countOf("net", id, "tx_bytes_count", 2 * PACKET);
            metrics.countOf("net", id, "tx_packets_count", 1);
        }
    }

    /** Goes by unseen: there is no device for it. */
    @Override
    public void guestPanicked() {
        print("Kernel panic\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** A guest that heeds its button resets the machine: it cannot be switched off. */
    @Override
    public void guestPoweredOff() {
        guestEnded(0);
    }

    @Override
    public void guestReset() {
        guestEnded(0);
    }

    @Override
    public void guestCrashed() {
        log.error("fc_vcpu 0", FirecrackerServer.CRASH);
        guestEnded(1);
    }

    private synchronized void guestEnded(int code) {
        if (state == State.PAUSED) {
            heldBack = OptionalInt.of(code);
        } else {
            guestEnded.accept(code);
        }
    }

    /** Stops the guest and lets go of all files, as the death of the process does. */
    synchronized void vanish() {
        if (guest != null) {
            guest.stop();
        }
        setup.close();
        try {
            if (serial != null) {
                serial.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the serial port's file cannot be closed", e);
        }
    }
}
