package com.unkey.vmcp.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What proc(5) says of processes, read by tests on their own account. */
public final class Processes {

    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** Field 22 of proc_pid_stat(5); empty where there is no such process, or only its zombie. */
    public static Optional<Long> startTicks(long pid) {
        return fields(pid)
                .filter(fields -> !fields[0].equals("Z") && !fields[0].equals("X"))
                .map(fields -> Long.parseLong(fields[22 - 3]));
    }

    /** Whether the process that started at {@code startTicks} lives; a zombie does not. */
    public static boolean alive(long pid, long startTicks) {
        return startTicks(pid).filter(found -> found == startTicks).isPresent();
    }

    /** Field 4 of proc_pid_stat(5). */
    public static Optional<Long> parent(long pid) {
        return fields(pid).map(fields -> Long.parseLong(fields[4 - 3]));
    }

    /** Field 6 of proc_pid_stat(5). */
    public static Optional<Long> session(long pid) {
        return fields(pid).map(fields -> Long.parseLong(fields[6 - 3]));
    }

    /**
     * Living processes that work in {@code directory} or below it, or name it on their command
     * line: what a test must not leave behind.
     */
    public static List<Long> of(Path directory) {
        List<Long> found = new ArrayList<>();
        for (long pid : pids()) {
            if (startTicks(pid).isPresent() && belongs(pid, directory)) {
                found.add(pid);
            }
        }
        return found;
    }

    /** Names of the process's threads, see proc_pid_comm(5); none where it is gone. */
    public static List<String> threadNames(long pid) {
        try (Stream<Path> tasks = Files.list(PROC.resolve(Long.toString(pid)).resolve("task"))) {
            return tasks.map(Processes::threadName).flatMap(Optional::stream).toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    private static Optional<String> threadName(Path task) {
        try {
            return Optional.of(Files.readString(task.resolve("comm")).strip());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static boolean belongs(long pid, Path directory) {
        Path process = PROC.resolve(Long.toString(pid));
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(directory)
                    || Files.readString(process.resolve("cmdline")).contains(directory.toString());
        } catch (IOException _) {
            return false;
        }
    }

    private static List<Long> pids() {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::parseLong)
                    .filter(pid -> pid != ProcessHandle.current().pid())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("/proc cannot be listed", e);
        }
    }

    /** From field 3 on; the name before it may hold anything. */
    private static Optional<String[]> fields(long pid) {
        try {
            String text = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"));
            return Optional.of(text.substring(text.lastIndexOf(')') + 2).strip().split(" ", -1));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
