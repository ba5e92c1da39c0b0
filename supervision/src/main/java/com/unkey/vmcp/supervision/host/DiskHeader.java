package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The first bytes of a disk image, big-endian as in QEMU's qcow2 specification ({@code
 * docs/interop/qcow2.txt}).
 */
final class DiskHeader {

    private static final int LENGTH = 104;
    private static final int SHORTEST_QCOW2 = 72;
    private static final int MAGIC = 0x514649fb;
    private static final int VERSION_AT = 4;
    private static final int BACKING_FILE_AT = 8;
    private static final int INCOMPATIBLE_FEATURES_AT = 72;
    private static final long EXTERNAL_DATA_FILE = 1 << 2;

    private final ByteBuffer bytes;

    private DiskHeader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static DiskHeader read(Path image) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
        try (FileChannel channel = FileChannel.open(image)) {
            int read = 0;
            while (buffer.hasRemaining() && read >= 0) {
                read = channel.read(buffer);
            }
        }
        return new DiskHeader(buffer.flip());
    }

    boolean isEmpty() {
        return bytes.limit() == 0;
    }

    /** What the image says it is. A guest can write that too, so it is asked once only. */
    DiskFormat format() {
        return hasMagic() ? DiskFormat.QCOW2 : DiskFormat.RAW;
    }

    private boolean hasMagic() {
        return bytes.limit() >= Integer.BYTES && bytes.getInt(0) == MAGIC;
    }

    /** Why the image must not be opened as qcow2; empty where it may. */
    Optional<String> whyNotQcow2() {
        if (!hasMagic()) {
            return Optional.of("is no qcow2 image");
        }
        if (bytes.limit() < SHORTEST_QCOW2) {
            return Optional.of("is a qcow2 image cut short");
        }
        int version = bytes.getInt(VERSION_AT);
        if (version != 2 && version != 3) {
            return Optional.of("is a qcow2 image of version " + Integer.toUnsignedString(version));
        }
        if (bytes.getLong(BACKING_FILE_AT) != 0) {
            return Optional.of("is a qcow2 image with a backing file, which is not allowed");
        }
        return version == 3 ? whyNotVersion3() : Optional.empty();
    }

    private Optional<String> whyNotVersion3() {
        if (bytes.limit() < LENGTH) {
            return Optional.of("is a qcow2 image cut short");
        }
        return (bytes.getLong(INCOMPATIBLE_FEATURES_AT) & EXTERNAL_DATA_FILE) == 0
                ? Optional.empty()
                : Optional.of("is a qcow2 image with an external data file, which is not allowed");
    }
}
