package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.GuestKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A kernel as the loader looks at it, and what guest it holds: the mini guests are known by their
 * code, others by the file's name.
 */
final class KernelFile {

    private static final String FAILURE =
            "System configuration error: Cannot load kernel due to invalid memory configuration or"
                    + " invalid kernel image: Kernel Loader: failed to load ELF kernel image:"
                    + " Kernel Loader: ";
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int LOAD = 1;
    private static final long LOWEST_ENTRY = 1 << 20;
    private static final int LOOKED_AT = 4096;

    private static final String READS_KEYBOARD = "e464a801740ae460";
    private static final String COUNTS = "89fb66baf803b908000000c1c304";
    private static final int LINE_TAIL = 17;
    private static final byte LINE_BEGIN = (byte) 0xbe;

    private final FileChannel file;
    private final long memory;
    private final String name;

    /**
     * What is to be played.
     *
     * @param line what it says once; empty where it counts
     */
    record Guest(GuestKind kind, String line) {}

    private KernelFile(FileChannel file, long memory, Path path) {
        this.file = file;
        this.memory = memory;
        this.name = String.valueOf(path.getFileName());
    }

    /**
     * Checks and reads an open kernel.
     *
     * @param memory bytes of guest memory
     * @throws Refusal where it cannot be loaded
     */
    static Guest load(FileChannel file, Path path, long memory) {
        try {
            return new KernelFile(file, memory, path).load();
        } catch (IOException e) {
            throw failed("Unable to read elf header");
        }
    }

    private static Refusal failed(String why) {
        return new Refusal("Start microvm error: " + FAILURE + why);
    }

    private static void check(boolean fine, String failure) {
        if (!fine) {
            throw failed(failure);
        }
    }

    private Guest load() throws IOException {
        ByteBuffer header = read(0, HEADER);
        check(header.remaining() == HEADER, "Unable to read elf header");
        check(header.getInt(0) == 0x464c457f, "Invalid Elf magic number");
        check(header.get(5) == 1, "Trying to load big-endian binary on little-endian machine");
        check(header.getShort(54) == PROGRAM_HEADER, "Invalid program header size");
        check(header.getLong(32) >= HEADER, "Invalid program header offset");
        long entry = header.getLong(24);
        check(entry >= LOWEST_ENTRY, "Invalid entry address");
        ByteBuffer segments = read(header.getLong(32), header.getShort(56) * PROGRAM_HEADER);
        check(
                segments.remaining() == header.getShort(56) * PROGRAM_HEADER,
                "Unable to read program header");
        return guest(entry, segments);
    }

    private Guest guest(long entry, ByteBuffer segments) throws IOException {
        ByteBuffer code = ByteBuffer.allocate(0);
        for (int at = 0; at < segments.limit(); at += PROGRAM_HEADER) {
            long size = segments.getLong(at + 32);
            if (segments.getInt(at) == LOAD && size > 0) {
                long offset = segments.getLong(at + 8);
                long address = segments.getLong(at + 24);
                check(
                        offset + size <= file.size() && address >= 0 && address + size <= memory,
                        "Unable to read kernel image");
                if (entry >= address && entry < address + size) {
                    code = read(offset + entry - address, LOOKED_AT);
                }
            }
        }
        return look(entry, code);
    }

    private Guest look(long entry, ByteBuffer code) {
        GuestKind named = GuestKind.of(Path.of(name));
        if (code.limit() > LINE_TAIL && code.get(0) == LINE_BEGIN) {
            return line((int) (code.getInt(1) - entry), code);
        }
        String all = HexFormat.of().formatHex(bytes(code, 0, code.limit()));
        if (named == GuestKind.BUSY) {
            return new Guest(named, "");
        }
        if (all.contains(READS_KEYBOARD)) {
            return new Guest(GuestKind.HEEDS_BUTTON, "");
        }
        return new Guest(all.contains(COUNTS) ? GuestKind.IGNORES_BUTTON : named, "");
    }

    private static Guest line(int textAt, ByteBuffer code) {
        String tail = HexFormat.of().formatHex(bytes(code, LINE_TAIL, code.limit()));
        GuestKind kind = GuestKind.RESTS;
        if (tail.startsWith("b0fee664")) {
            kind = GuestKind.RESETS;
        } else if (tail.startsWith("0f011d")) {
            kind = GuestKind.CRASHES;
        }
        int end = textAt;
        while (end < code.limit() && code.get(end) != 0) {
            end++;
        }
        return new Guest(kind, new String(bytes(code, textAt, end), StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(ByteBuffer of, int from, int to) {
        byte[] copy = new byte[Math.max(to - from, 0)];
        of.get(from, copy);
        return copy;
    }

    private ByteBuffer read(long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) > 0) {}
        return bytes.flip();
    }
}
