package com.unkey.vmcp.supervision;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Asks the kernel who serves a unix socket; whoever that is sees a connection come and go. */
final class SocketPeer {

    private static final short AF_UNIX = 1;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int PATH_OFFSET = 2;
    private static final int PATH_BYTES = 108;
    private static final int UCRED_BYTES = 12;

    private static final MethodHandle SOCKET =
            Libc.link("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 3);
    private static final MethodHandle CONNECT =
            Libc.link("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), 3);
    private static final MethodHandle GETSOCKOPT =
            Libc.link(
                    "getsockopt",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS),
                    5);

    private SocketPeer() {}

    /**
     * Pid of the process that listens; empty where it is in another pid namespace. For a platform
     * thread.
     *
     * @throws IOException where nobody serves the socket, or too many wait to be served
     */
    static OptionalLong pid(Path socket) throws IOException {
        int fd =
                (int)
                        Libc.call(
                                "socket",
                                state ->
                                        (long)
                                                SOCKET.invokeExact(
                                                        state,
                                                        (int) AF_UNIX,
                                                        STREAM_NONBLOCK_CLOEXEC,
                                                        0));
        try (Arena arena = Arena.ofConfined()) {
            connect(fd, address(arena, socket));
            return pid(arena, fd);
        } finally {
            Libc.close(fd);
        }
    }

    private static MemorySegment address(Arena arena, Path socket) throws IOException {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length >= PATH_BYTES) {
            throw new IOException("no socket has a path of that length: " + socket);
        }
        MemorySegment address = arena.allocate(PATH_OFFSET + PATH_BYTES, 8);
        address.set(JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(MemorySegment.ofArray(path), 0, address, PATH_OFFSET, path.length);
        return address;
    }

    private static void connect(int fd, MemorySegment address) throws Libc.Errno {
        int length = (int) address.byteSize();
        Libc.call("connect", state -> (long) CONNECT.invokeExact(state, fd, address, length));
    }

    private static OptionalLong pid(Arena arena, int fd) throws Libc.Errno {
        MemorySegment credentials = arena.allocate(UCRED_BYTES, 4);
        MemorySegment length = arena.allocateFrom(JAVA_INT, UCRED_BYTES);
        Libc.call(
                "getsockopt",
                state ->
                        (long)
                                GETSOCKOPT.invokeExact(
                                        state, fd, SOL_SOCKET, SO_PEERCRED, credentials, length));
        int pid = credentials.get(JAVA_INT, 0);
        return pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty();
    }
}
