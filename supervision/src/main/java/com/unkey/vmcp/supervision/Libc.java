package com.unkey.vmcp.supervision;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The C library's functions that the JDK does not offer; every foreign call of this module is made
 * here, or by {@link PosixSpawn} and {@link PrivateMounts} with what is here. A call that fails
 * throws {@link Errno}. Layouts and numbers are those of 64-bit Linux on x86_64 and aarch64.
 */
final class Libc {

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int O_NOFOLLOW = aarch64() ? 0x8000 : 0x20000;

    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int ECHILD = 10;
    static final int EWOULDBLOCK = 11;
    static final int EINVAL = 22;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;

    static final int SIGKILL = 9;
    static final int SIGCHLD = 17;

    static final int P_PID = 1;
    static final int P_PIDFD = 3;
    static final int WNOHANG = 1;
    static final int WEXITED = 4;

    static final int SC_CLK_TCK = 2;
    static final int SC_PAGESIZE = 30;

    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final int LOCK_EX_NB = 2 | 4;
    private static final int PUNCH_HOLE_KEEP_SIZE = 2 | 1;

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final Linker LINKER = Linker.nativeLinker();

    // syscall(2) and open(2) are variadic from their second and third argument on.
    private static final MethodHandle SYSCALL =
            link(
                    "syscall",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    1);
    private static final MethodHandle OPEN =
            link("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle CLOSE =
            link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 1);
    private static final MethodHandle WRITE =
            link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), 3);
    private static final MethodHandle FLOCK =
            link("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle FALLOCATE =
            link(
                    "fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                    4);
    private static final MethodHandle EVENTFD =
            link("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle EPOLL_CREATE =
            link("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 1);
    private static final MethodHandle EPOLL_CTL =
            link(
                    "epoll_ctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
                    4);
    private static final MethodHandle EPOLL_WAIT =
            link(
                    "epoll_wait",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    4);
    private static final MethodHandle SYSCONF =
            link("sysconf", FunctionDescriptor.of(JAVA_LONG, JAVA_INT), 1);
    private static final MethodHandle GETEUID = link("geteuid", FunctionDescriptor.of(JAVA_INT), 0);

    private static final MethodHandle WAITID =
            link(
                    "waitid",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
                    4);
    private static final MethodHandle KILL =
            link("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle SIGNAL =
            link("signal", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG), 2);
    private static final MethodHandle UMASK =
            link("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 1);

    private Libc() {}

    /** Whether the C library has a function of that name. */
    static boolean has(String function) {
        return LINKER.defaultLookup().find(function).isPresent();
    }

    /** A descriptor for the process, by which a later process of the same pid is never hit. */
    static int pidfdOpen(long pid) throws Errno {
        return (int)
                call(
                        "pidfd_open",
                        state ->
                                (long) SYSCALL.invokeExact(state, SYS_PIDFD_OPEN, pid, 0L, 0L, 0L));
    }

    static void pidfdSendSignal(int pidfd, int signal) throws Errno {
        long fd = pidfd;
        long number = signal;
        call(
                "pidfd_send_signal",
                state ->
                        (long)
                                SYSCALL.invokeExact(
                                        state, SYS_PIDFD_SEND_SIGNAL, fd, number, 0L, 0L));
    }

    /** open(2); {@code mode} counts where {@code flags} has O_CREAT. */
    static int open(Path file, int flags, int mode) throws Errno {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(file.toString());
            return (int) call("open", state -> (long) OPEN.invokeExact(state, name, flags, mode));
        }
    }

    static void close(int fd) throws Errno {
        call("close", state -> (long) CLOSE.invokeExact(state, fd));
    }

    /** Adds one to an eventfd, which makes it readable. */
    static void signalEvent(int eventfd) throws Errno {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
            call("write", state -> (long) WRITE.invokeExact(state, eventfd, one, 8L));
        }
    }

    /** Takes an exclusive lock that ends with the descriptor; fails with EWOULDBLOCK at once. */
    static void lock(int fd) throws Errno {
        call("flock", state -> (long) FLOCK.invokeExact(state, fd, LOCK_EX_NB));
    }

    /** Gives the file system back the first {@code length} bytes; the file's size stays. */
    static void punchHole(int fd, long length) throws Errno {
        call(
                "fallocate",
                state -> (long) FALLOCATE.invokeExact(state, fd, PUNCH_HOLE_KEEP_SIZE, 0L, length));
    }

    static int eventfd() throws Errno {
        return (int)
                call(
                        "eventfd",
                        state -> (long) EVENTFD.invokeExact(state, 0, O_CLOEXEC | O_NONBLOCK));
    }

    static int epollCreate() throws Errno {
        return (int)
                call("epoll_create1", state -> (long) EPOLL_CREATE.invokeExact(state, O_CLOEXEC));
    }

    /** Adds {@code fd}, to be told once when it is readable. */
    static void epollAdd(int epoll, int fd, long key) throws Errno {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = EpollEvents.ofOne(arena, key).segment();
            call("epoll_ctl", state -> (long) EPOLL_CTL.invokeExact(state, epoll, 1, fd, event));
        }
    }

    /** Waits without limit for events; their number. */
    static int epollWait(int epoll, EpollEvents events) throws Errno {
        MemorySegment room = events.segment();
        int capacity = events.capacity();
        return (int)
                call(
                        "epoll_wait",
                        state -> (long) EPOLL_WAIT.invokeExact(state, epoll, room, capacity, -1));
    }

    /** waitid(2): fills {@code info}, a {@code siginfo_t}. */
    static void waitid(int kind, long id, MemorySegment info, int options) throws Errno {
        int number = (int) id;
        call("waitid", state -> (long) WAITID.invokeExact(state, kind, number, info, options));
    }

    /** Signals a child that was not reaped; any other process is signalled by its pidfd. */
    static void kill(long pid, int signal) throws Errno {
        int number = (int) pid;
        call("kill", state -> (long) KILL.invokeExact(state, number, signal));
    }

    /** Has the signal do to this process what it does by default. */
    static void resetSignal(int signal) throws Errno {
        call("signal", state -> (long) SIGNAL.invokeExact(state, signal, 0L));
    }

    /** Sets the mode bits that files of this process and of its children to come never have. */
    static void umask(int mask) throws Errno {
        call("umask", state -> (long) UMASK.invokeExact(state, mask));
    }

    static long sysconf(int name) throws Errno {
        return call("sysconf", state -> (long) SYSCONF.invokeExact(state, name));
    }

    /** The effective user id. */
    static long geteuid() throws Errno {
        return call("geteuid", state -> (long) GETEUID.invokeExact(state));
    }

    static boolean aarch64() {
        return System.getProperty("os.arch", "").equals("aarch64");
    }

    /** The function as a handle that returns a long, whatever the function returns. */
    @SuppressWarnings("restricted") // calling into libc is what this class is for
    static MethodHandle link(String name, FunctionDescriptor type, int firstVariadic) {
        MemorySegment symbol = LINKER.defaultLookup().findOrThrow(name);
        Linker.Option errno = Linker.Option.captureCallState("errno");
        MethodHandle handle =
                firstVariadic < type.argumentLayouts().size()
                        ? LINKER.downcallHandle(
                                symbol, type, errno, Linker.Option.firstVariadicArg(firstVariadic))
                        : LINKER.downcallHandle(symbol, type, errno);
        return handle.asType(handle.type().changeReturnType(long.class));
    }

    static long call(String operation, Downcall downcall) throws Errno {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            long value = downcall.invoke(state);
            if (value == -1) {
                throw new Errno(operation, (int) ERRNO.get(state, 0L));
            }
            return value;
        } catch (RuntimeException | Error | Errno e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError(operation + " threw", e);
        }
    }

    @FunctionalInterface
    interface Downcall {
        long invoke(MemorySegment state) throws Throwable;
    }

    /** An array of {@code struct epoll_event}, which is packed on x86_64 and nowhere else. */
    record EpollEvents(MemorySegment segment, int capacity) {

        private static final long SIZE = aarch64() ? 16 : 12;
        private static final long DATA = aarch64() ? 8 : 4;
        private static final int EPOLLIN_ONESHOT = 1 | 1 << 30;

        static EpollEvents of(Arena arena, int capacity) {
            return new EpollEvents(arena.allocate(SIZE * capacity, 8), capacity);
        }

        static EpollEvents ofOne(Arena arena, long key) {
            EpollEvents events = of(arena, 1);
            events.segment.set(JAVA_INT, 0, EPOLLIN_ONESHOT);
            events.segment.set(JAVA_LONG.withByteAlignment(1), DATA, key);
            return events;
        }

        /** The key under which the descriptor was added. */
        long key(int index) {
            return segment.get(JAVA_LONG.withByteAlignment(1), SIZE * index + DATA);
        }
    }

    /** A foreign call that failed, with its errno. */
    static final class Errno extends IOException {

        private static final long serialVersionUID = 1L;

        private final int code;

        Errno(String operation, int code) {
            super(operation + " failed with errno " + code);
            this.code = code;
        }

        int code() {
            return code;
        }
    }
}
