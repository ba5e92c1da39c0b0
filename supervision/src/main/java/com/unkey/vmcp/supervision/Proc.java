package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What proc(5) tells of processes. Empty answers mean that there is no such process. */
final class Proc {

    private static final Path ROOT = Path.of("/proc");

    private Proc() {}

    /** Id of this boot of the host; pids of another boot mean nothing. */
    static String bootId() throws IOException {
        return Files.readString(ROOT.resolve("sys/kernel/random/boot_id")).strip();
    }

    /** Ids of all processes, those of threads left out. */
    static List<Long> pids() {
        return numbers(ROOT);
    }

    static Optional<Stat> stat(long pid) throws IOException {
        return read(directory(pid).resolve("stat")).map(Stat::parse);
    }

    static Optional<Stat> threadStat(long pid, long thread) throws IOException {
        return read(directory(pid).resolve("task").resolve(Long.toString(thread)).resolve("stat"))
                .map(Stat::parse);
    }

    /** Resident memory in pages: the second field of proc_pid_statm(5). */
    static Optional<Long> residentPages(long pid) throws IOException {
        return read(directory(pid).resolve("statm"))
                .map(text -> Long.parseLong(text.strip().split(" ", -1)[1]));
    }

    /** Ids of the threads whose comm begins with {@code prefix}, in ascending order. */
    static List<Long> threadsNamed(long pid, String prefix) throws IOException {
        List<Long> named = new ArrayList<>();
        for (long thread : threads(pid)) {
            Path comm = directory(pid).resolve("task").resolve(Long.toString(thread));
            if (read(comm.resolve("comm")).filter(name -> name.startsWith(prefix)).isPresent()) {
                named.add(thread);
            }
        }
        return named;
    }

    /** None where the process went: its directory lists nothing then. */
    private static List<Long> threads(long pid) {
        return numbers(directory(pid).resolve("task"));
    }

    /** Entries that are numbers, in ascending order. */
    private static List<Long> numbers(Path directory) {
        String @Nullable [] names = directory.toFile().list();
        return Stream.of(names == null ? new String[0] : names)
                .filter(name -> name.chars().allMatch(Character::isDigit))
                .map(Long::valueOf)
                .sorted()
                .toList();
    }

    /** The effective user id: the second of the numbers behind {@code Uid:} in status. */
    static Optional<Long> user(long pid) throws IOException {
        return read(directory(pid).resolve("status"))
                .flatMap(text -> text.lines().filter(line -> line.startsWith("Uid:")).findFirst())
                .map(line -> Long.parseLong(line.split("\t", -1)[2]));
    }

    /** Program and arguments, a zero character after each. Empty text while a program is loaded. */
    static Optional<String> commandLine(long pid) throws IOException {
        return read(directory(pid).resolve("cmdline"));
    }

    /**
     * Whether {@code place} is the directory in which the process works.
     *
     * @throws java.nio.file.AccessDeniedException where that may not be known
     */
    static boolean worksIn(long pid, Path place) throws IOException {
        try {
            return Files.isSameFile(directory(pid).resolve("cwd"), place);
        } catch (IOException e) {
            if (wentMeanwhile(e)) {
                return false;
            }
            throw e;
        }
    }

    private static Path directory(long pid) {
        return ROOT.resolve(Long.toString(pid));
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            // Arguments and names are any bytes; what is looked for in them is not lost by this.
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            if (wentMeanwhile(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * True of a file that is not there, and of ESRCH, which the JDK tells by its text alone: the
     * process went while its file was open.
     */
    private static boolean wentMeanwhile(IOException e) {
        return e instanceof NoSuchFileException
                || String.valueOf(e.getMessage()).contains("No such process");
    }

    /**
     * Some fields of proc_pid_stat(5).
     *
     * @param session field 6, the pid of the process that leads the session
     * @param terminal field 7, the controlling terminal; 0 where there is none
     * @param startTicks field 22, clock ticks from boot to the start of the process
     * @param cpuTicks fields 14 and 15, clock ticks in user and kernel mode
     */
    record Stat(char state, long session, long terminal, long startTicks, long cpuTicks) {

        /** Field 3 follows the command's name, which may hold spaces and parentheses itself. */
        static Stat parse(String text) {
            String[] fields = text.substring(text.lastIndexOf(')') + 2).strip().split(" ", -1);
            return new Stat(
                    fields[0].charAt(0),
                    Long.parseLong(fields[6 - 3]),
                    Long.parseLong(fields[7 - 3]),
                    Long.parseLong(fields[22 - 3]),
                    Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3]));
        }

        /** False for a zombie, which only waits for its parent to look. */
        boolean alive() {
            return state != 'Z' && state != 'X' && state != 'x';
        }
    }
}
