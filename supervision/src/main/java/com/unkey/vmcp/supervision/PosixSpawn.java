package com.unkey.vmcp.supervision;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a program by posix_spawn(3) with nothing of the daemon's: a session of its own, an
 * environment of its own, no signal blocked or ignored, /dev/null as standard input, no descriptor
 * above standard error. The umask is the daemon's.
 *
 * <p>posix_spawn returns once the program has replaced this one in the child, or with the reason
 * why it has not; there is no child then. It blocks: for a platform thread.
 */
final class PosixSpawn {

    private static final List<String> ENVIRONMENT =
            List.of(
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "LC_ALL=C.UTF-8");

    /** The newest of the functions, which glibc has since 2.34. */
    static final String CLOSE_FROM = "posix_spawn_file_actions_addclosefrom_np";

    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = 0x80;

    /** More than glibc's 336 and 80 bytes; only its own functions look inside. */
    private static final long ATTRIBUTES_SIZE = 512;

    private static final long ACTIONS_SIZE = 512;

    /** {@code sigset_t}: a bit for each signal. */
    private static final long SIGNALS_SIZE = 128;

    private static final MethodHandle ATTRIBUTES_INIT = link("posix_spawnattr_init", ADDRESS);
    private static final MethodHandle ATTRIBUTES_DESTROY = link("posix_spawnattr_destroy", ADDRESS);
    private static final MethodHandle SET_FLAGS =
            link("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
    private static final MethodHandle SET_MASK =
            link("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
    private static final MethodHandle SET_DEFAULT =
            link("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
    private static final MethodHandle ACTIONS_INIT = link("posix_spawn_file_actions_init", ADDRESS);
    private static final MethodHandle ACTIONS_DESTROY =
            link("posix_spawn_file_actions_destroy", ADDRESS);
    private static final MethodHandle ADD_CHDIR =
            link("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
    private static final MethodHandle ADD_OPEN =
            link(
                    "posix_spawn_file_actions_addopen",
                    ADDRESS,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT);
    private static final MethodHandle ADD_DUP2 =
            link("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle ADD_CLOSE_FROM = link(CLOSE_FROM, ADDRESS, JAVA_INT);
    private static final MethodHandle SPAWN =
            link("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

    private PosixSpawn() {}

    /**
     * Starts a program as a child of this process.
     *
     * @param command absolute path of the program, and its arguments
     * @param directory its working directory
     * @param output standard output is appended to it
     * @param errors standard error is appended to it; may be the same file
     * @return its pid; the caller reaps it
     * @throws IOException where it cannot be executed; no child is left
     */
    static long start(List<String> command, Path directory, Path output, Path errors)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = strings(arena, command);
            MemorySegment environment = strings(arena, ENVIRONMENT);
            MemorySegment pid = arena.allocate(JAVA_INT);
            try (Attributes attributes = Attributes.detached(arena);
                    Actions actions = Actions.of(arena, directory, output, errors)) {
                run(
                        "posix_spawn of " + command.getFirst(),
                        state ->
                                (long)
                                        SPAWN.invokeExact(
                                                state,
                                                pid,
                                                arguments.get(ADDRESS, 0),
                                                actions.segment(),
                                                attributes.segment(),
                                                arguments,
                                                environment));
            }
            return pid.get(JAVA_INT, 0);
        }
    }

    /** A null-terminated array of strings. */
    private static MemorySegment strings(Arena arena, List<String> strings) throws IOException {
        MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            if (strings.get(i).indexOf('\0') >= 0) {
                throw new IOException("argument " + i + " has a zero character");
            }
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }

    private static MethodHandle link(String name, MemoryLayout... arguments) {
        return Libc.link(name, FunctionDescriptor.of(JAVA_INT, arguments), arguments.length);
    }

    /** Calls one of these functions, which return an error number instead of setting errno. */
    private static void run(String operation, Libc.Downcall downcall) throws Libc.Errno {
        long error = Libc.call(operation, downcall);
        if (error != 0) {
            throw new Libc.Errno(operation, (int) error);
        }
    }

    /** A {@code posix_spawnattr_t}. */
    private record Attributes(MemorySegment segment) implements AutoCloseable {

        /** A session of its own, all signals as they are by default, none blocked. */
        static Attributes detached(Arena arena) throws Libc.Errno {
            MemorySegment segment = arena.allocate(ATTRIBUTES_SIZE, 16);
            run(
                    "posix_spawnattr_init",
                    state -> (long) ATTRIBUTES_INIT.invokeExact(state, segment));
            MemorySegment none = arena.allocate(SIGNALS_SIZE, 8);
            // Those that the library keeps for itself included, which sigfillset(3) leaves out.
            MemorySegment all = arena.allocate(SIGNALS_SIZE, 8).fill((byte) 0xff);
            short flags = SETSIGDEF | SETSIGMASK | SETSID;
            run(
                    "posix_spawnattr_setflags",
                    state -> (long) SET_FLAGS.invokeExact(state, segment, flags));
            run(
                    "posix_spawnattr_setsigmask",
                    state -> (long) SET_MASK.invokeExact(state, segment, none));
            run(
                    "posix_spawnattr_setsigdefault",
                    state -> (long) SET_DEFAULT.invokeExact(state, segment, all));
            return new Attributes(segment);
        }

        @Override
        public void close() throws Libc.Errno {
            run(
                    "posix_spawnattr_destroy",
                    state -> (long) ATTRIBUTES_DESTROY.invokeExact(state, segment));
        }
    }

    /** A {@code posix_spawn_file_actions_t}. */
    private record Actions(MemorySegment segment, Arena arena) implements AutoCloseable {

        private static final int LOG_FLAGS =
                Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CREAT | Libc.O_NOFOLLOW;

        /**
         * In this order. Descriptors are closed last: the state directory's lock is among them, so
         * whoever has that lock next finds the child in its directory and session.
         */
        static Actions of(Arena arena, Path directory, Path output, Path errors) throws Libc.Errno {
            Actions actions = new Actions(arena.allocate(ACTIONS_SIZE, 16), arena);
            MemorySegment segment = actions.segment;
            run(
                    "posix_spawn_file_actions_init",
                    state -> (long) ACTIONS_INIT.invokeExact(state, segment));
            try {
                actions.changeDirectory(directory);
                actions.open(0, Path.of("/dev/null"), Libc.O_RDONLY);
                actions.open(1, output, LOG_FLAGS);
                if (output.equals(errors)) {
                    actions.duplicate(1, 2);
                } else {
                    actions.open(2, errors, LOG_FLAGS);
                }
                actions.closeFrom(3);
                return actions;
            } catch (Libc.Errno e) {
                actions.close();
                throw e;
            }
        }

        private void changeDirectory(Path directory) throws Libc.Errno {
            MemorySegment name = arena.allocateFrom(directory.toString());
            run(
                    "posix_spawn_file_actions_addchdir_np",
                    state -> (long) ADD_CHDIR.invokeExact(state, segment, name));
        }

        private void open(int descriptor, Path file, int flags) throws Libc.Errno {
            MemorySegment name = arena.allocateFrom(file.toString());
            run(
                    "posix_spawn_file_actions_addopen",
                    state ->
                            (long)
                                    ADD_OPEN.invokeExact(
                                            state, segment, descriptor, name, flags, 0600));
        }

        private void duplicate(int from, int to) throws Libc.Errno {
            run(
                    "posix_spawn_file_actions_adddup2",
                    state -> (long) ADD_DUP2.invokeExact(state, segment, from, to));
        }

        private void closeFrom(int first) throws Libc.Errno {
            run(CLOSE_FROM, state -> (long) ADD_CLOSE_FROM.invokeExact(state, segment, first));
        }

        @Override
        public void close() throws Libc.Errno {
            run(
                    "posix_spawn_file_actions_destroy",
                    state -> (long) ACTIONS_DESTROY.invokeExact(state, segment));
        }
    }
}
