package com.unkey.vmcp.testkit.firecracker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The process's own words: on standard output, mixed with the guest's, until a file is named. */
final class FcLog {

    enum Level {
        OFF,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE;

        static Optional<Level> named(String name) {
            String upper = name.toUpperCase(Locale.ROOT);
            for (Level each : values()) {
                if (each.name().equals(upper) || (each == WARN && upper.equals("WARNING"))) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn", Locale.ROOT);

    private final OutputStream standardOutput;
    private String id = "anonymous-instance";
    private Level most = Level.INFO;
    private boolean showLevel;
    private @Nullable FileChannel file;

    FcLog(OutputStream standardOutput) {
        this.standardOutput = standardOutput;
    }

    /** A file is neither emptied nor appended to: what it held is overwritten from its begin. */
    static FileChannel open(Path path) throws IOException {
        return FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    synchronized void name(String ofInstance) {
        id = ofInstance;
    }

    synchronized void level(Level level) {
        most = level;
    }

    synchronized void showLevel(boolean show) {
        showLevel = show;
    }

    synchronized void writeTo(Path path) throws IOException {
        FileChannel next = open(path);
        close();
        file = next;
    }

    void info(String thread, String words) {
        write(Level.INFO, thread, words);
    }

    void warn(String thread, String words) {
        write(Level.WARN, thread, words);
    }

    void error(String thread, String words) {
        write(Level.ERROR, thread, words);
    }

    private synchronized void write(Level level, String thread, String words) {
        if (level.compareTo(most) > 0) {
            return;
        }
        String line =
                "%s [%s:%s%s] %s%n"
                        .formatted(
                                LocalDateTime.now(ZoneId.systemDefault()).format(TIME),
                                id,
                                thread,
                                showLevel ? ":" + level : "",
                                words);
        try {
            put(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the log cannot be written", e);
        }
    }

    private void put(byte[] line) throws IOException {
        FileChannel open = file;
        if (open == null) {
            standardOutput.write(line);
            standardOutput.flush();
        } else {
            open.write(ByteBuffer.wrap(line));
        }
    }

    /** From now on it goes to standard output again; for a process that is about to be gone. */
    synchronized void close() {
        FileChannel open = file;
        file = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the log cannot be closed", e);
        }
    }
}
