package com.unkey.vmcp.backends.firecracker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a program that needs no library, and so runs in an empty root directory. */
final class StaticProgram {

    private static final int HEADER = 64;
    private static final int ENTRY = 56;
    private static final int MAX_ENTRIES = 64;
    private static final int ELF = 0x464c457f;
    private static final int INTERPRETER = 3;

    private StaticProgram() {}

    /** False of a program that names a dynamic linker, and of what is no 64-bit ELF file. */
    static boolean is(Path program) throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(program)) {
            ByteBuffer header = read(file, 0, HEADER);
            if (header.remaining() < HEADER || header.getInt(0) != ELF) {
                return false;
            }
            int entries = Math.min(MAX_ENTRIES, header.getShort(56));
            ByteBuffer table = read(file, header.getLong(32), entries * ENTRY);
            for (int at = 0; at + ENTRY <= table.remaining(); at += ENTRY) {
                if (table.getInt(at) == INTERPRETER) {
                    return false;
                }
            }
            return true;
        }
    }

    private static ByteBuffer read(SeekableByteChannel file, long from, int size)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.position(from);
        while (bytes.hasRemaining()) {
            if (file.read(bytes) < 0) {
                break;
            }
        }
        return bytes.flip();
    }
}
