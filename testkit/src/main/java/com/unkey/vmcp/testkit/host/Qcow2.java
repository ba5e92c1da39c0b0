package com.unkey.vmcp.testkit.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes an empty qcow2 image, version 2 of the format: header, reference counts and an L1 table
 * without entries, each in a cluster of its own.
 */
public final class Qcow2 {

    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;

    private Qcow2() {}

    /** Writes it to {@code file}; the guest sees a disk of {@code bytes}. */
    public static Path create(Path file, long bytes) throws IOException {
        ByteBuffer image = ByteBuffer.allocate(4 * CLUSTER);
        image.put(new byte[] {'Q', 'F', 'I', (byte) 0xfb}).putInt(2);
        image.putLong(0).putInt(0); // no backing file
        image.putInt(CLUSTER_BITS).putLong(bytes).putInt(0); // size, not encrypted
        image.putInt(1).putLong(3L * CLUSTER); // L1 table: entries, where
        image.putLong(CLUSTER).putInt(1); // reference count table: where, clusters
        image.putInt(0).putLong(0); // no snapshots
        image.putLong(CLUSTER, 2L * CLUSTER);
        for (int cluster = 0; cluster < 4; cluster++) {
            image.putShort(2 * CLUSTER + 2 * cluster, (short) 1);
        }
        return Files.write(file, image.array());
    }
}
