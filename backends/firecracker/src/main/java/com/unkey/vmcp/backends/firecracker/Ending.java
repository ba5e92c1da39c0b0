package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a process ended that had a guest. */
sealed interface Ending {

    /** The guest reset itself, which is all that a Firecracker guest can do to end. */
    record GuestReset() implements Ending {}

    /** Anything else. */
    record Lost(String reason) implements Ending {}

    /** What a later daemon finds where nothing of the VM is left. */
    default Adoption.Dead dead() {
        return new Adoption.Dead(
                switch (this) {
                    case Lost(String reason) -> reason;
                    case GuestReset _ -> FcVmm.POWERED_OFF;
                });
    }

    /** The last line of a log at level Info. */
    Pattern LOGGED_CODE = Pattern.compile("exiting [a-z ]*\\. exit_code=([0-9]{1,3})");

    /** What is logged when the guest has ended, crashed or not. */
    String STOPPING = "Vmm is stopping.";

    /** What a vCPU logs that cannot go on. */
    Pattern CRASH = Pattern.compile(":fc_vcpu \\d+:ERROR\\]");

    int TAIL_BYTES = 4096;

    /**
     * Tells by the exit code and the log. Of a guest that crashed Firecracker may exit with 0 too:
     * its vCPU says that it has ended before it says how.
     *
     * @param code the process ended with, where that is known; a signal counts as 128 and its
     *     number
     * @param told how it ended, for where neither the code is known nor the log says
     */
    static Ending of(OptionalInt code, String told, Path log, Words words) {
        String tail = tail(log);
        OptionalInt known = code.isPresent() ? code : logged(tail);
        if (known.equals(OptionalInt.of(0))) {
            return ofGuest(tail, words);
        }
        String how = known.isPresent() ? meaning(known.getAsInt()) : told;
        return new Lost(words.after("Firecracker ended, " + how));
    }

    /**
     * Tells of a process whose guest has ended while it lives itself; empty where it has not. One
     * that was asked something at that very moment waits for ever: its main thread for the one that
     * has the question, and that one for the answer.
     */
    static Optional<Ending> underWay(Path log, Words words) {
        String tail = tail(log);
        return tail.contains(STOPPING) ? Optional.of(ofGuest(tail, words)) : Optional.empty();
    }

    private static Ending ofGuest(String tail, Words words) {
        return CRASH.matcher(tail).find()
                ? new Lost(words.after("Firecracker ended: the guest crashed"))
                : new GuestReset();
    }

    /** Codes are Firecracker's {@code FcExitCode}. */
    private static String meaning(int code) {
        return switch (code) {
            case 1 -> "exit code 1: the guest crashed, or Firecracker met an error";
            case 2 -> "exit code 2: an error that Firecracker did not expect";
            case 134 -> "killed by signal 6: Firecracker gave up over a fault of its own";
            case 137 -> "killed by signal 9";
            case 148 -> "exit code 148: a system call that its seccomp filter forbids";
            case 149 -> "exit code 149: SIGBUS, as when huge pages run out";
            case 150 -> "exit code 150: SIGSEGV";
            case 151 -> "exit code 151: SIGXFSZ, a file grew over its limit";
            case 152 -> "exit code 152: bad configuration";
            case 153 -> "exit code 153: arguments that it does not understand";
            case 154 -> "exit code 154: SIGXCPU, its processor time was used up";
            case 156 -> "exit code 156: SIGHUP";
            case 157 -> "exit code 157: SIGILL";
            default -> code > 128 ? "killed by signal " + (code - 128) : "exit code " + code;
        };
    }

    private static String tail(Path log) {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - TAIL_BYTES));
            ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
            while (tail.hasRemaining() && channel.read(tail) >= 0) {
                // Until it is full or the file ends.
            }
            return new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw VmException.unavailable("Firecracker's log cannot be read", e);
        }
    }

    /** Empty where its guest had not ended; one that hung then has no code to tell. */
    private static OptionalInt logged(String tail) {
        Matcher matcher = LOGGED_CODE.matcher(tail);
        OptionalInt code = tail.contains(STOPPING) ? OptionalInt.of(0) : OptionalInt.empty();
        while (matcher.find()) {
            code = OptionalInt.of(Integer.parseInt(matcher.group(1)));
        }
        return code;
    }
}
