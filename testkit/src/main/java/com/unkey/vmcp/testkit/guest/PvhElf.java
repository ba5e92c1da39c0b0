package com.unkey.vmcp.testkit.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The smallest ELF64 file that VMMs start through the PVH entry: one loaded segment at 1 MiB, and
 * one note (owner {@code Xen}, type 18) that names the 32-bit physical address to begin at. The
 * note can be left out.
 */
final class PvhElf {
    /** Where the code lies in guest memory and where it is entered. */
    static final int LOAD_ADDRESS = 0x100000;

    private static final int CODE_OFFSET = 0x1000;
    private static final int NOTE_OFFSET = 64 + 2 * 56;
    private static final int NOTE_SIZE = 20;

    private PvhElf() {}

    /** With the note. */
    static byte[] around(byte[] code) {
        return around(code, 2);
    }

    /** Without it, so that the file's entry counts. */
    static byte[] withoutNote(byte[] code) {
        return around(code, 1);
    }

    private static byte[] around(byte[] code, int segments) {
        ByteBuffer file =
                ByteBuffer.allocate(CODE_OFFSET + code.length).order(ByteOrder.LITTLE_ENDIAN);
        header(file, segments);
        segment(file, 1, 7, CODE_OFFSET, LOAD_ADDRESS, code.length, 0x1000);
        if (segments > 1) {
            note(file);
        }
        return file.position(CODE_OFFSET).put(code).array();
    }

    private static void note(ByteBuffer file) {
        segment(file, 4, 4, NOTE_OFFSET, 0, NOTE_SIZE, 4);
        file.putInt(4).putInt(4).putInt(18);
        file.put("Xen\0".getBytes(StandardCharsets.US_ASCII)).putInt(LOAD_ADDRESS);
    }

    private static void header(ByteBuffer file, int segments) {
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) 2).putShort((short) 62).putInt(1); // executable, x86-64
        file.putLong(LOAD_ADDRESS).putLong(64).putLong(0).putInt(0);
        file.putShort((short) 64).putShort((short) 56).putShort((short) segments).position(64);
    }

    private static void segment(
            ByteBuffer file,
            int type,
            int flags,
            int offset,
            int address,
            int size,
            int alignment) {
        file.putInt(type).putInt(flags);
        file.putLong(offset).putLong(address).putLong(address).putLong(size).putLong(size);
        file.putLong(alignment);
    }
}
