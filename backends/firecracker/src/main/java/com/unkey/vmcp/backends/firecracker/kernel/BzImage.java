package com.unkey.vmcp.backends.firecracker.kernel;

import io.airlift.compress.MalformedInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * Where in a bzImage its vmlinux is, as the x86 boot protocol of the kernel's documentation has it.
 *
 * @param offset of the first compressed byte, in the file
 * @param length of the compressed bytes
 * @param size of the vmlinux, in bytes
 */
record BzImage(long offset, long length, Packing packing, long size) {

    /** No kernel comes near it; what claims more is no kernel. */
    static final long LARGEST = 512L << 20;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int SIZE_BYTES = 4;

    /** "HdrS", as a little-endian word. */
    private static final int SETUP_MAGIC = 0x53726448;

    private static final int BOOT_SECTOR_MAGIC = 0xaa55;

    /** The first one that says where the payload is. */
    private static final int PROTOCOL_WITH_PAYLOAD = 0x0208;

    /** The first one that says how much memory the kernel takes to start. */
    private static final int PROTOCOL_WITH_INIT_SIZE = 0x020a;

    /**
     * Empty where the file is no bzImage.
     *
     * @param header the file's first bytes
     * @throws KernelFormatException where it is one and its payload makes no sense
     */
    static Optional<BzImage> read(FileChannel file, ByteBuffer header) throws IOException {
        if (header.limit() < KernelFormat.HEADER_BYTES
                || Short.toUnsignedInt(header.getShort(0x1fe)) != BOOT_SECTOR_MAGIC
                || header.getInt(0x202) != SETUP_MAGIC) {
            return Optional.empty();
        }
        int protocol = Short.toUnsignedInt(header.getShort(0x206));
        if (protocol < PROTOCOL_WITH_PAYLOAD) {
            throw new KernelFormatException(
                    "is a bzImage of boot protocol %d.%02d, which is older than 2.08"
                            .formatted(protocol >> 8, protocol & 0xff));
        }
        return Optional.of(located(file, header, protocol));
    }

    private static BzImage located(FileChannel file, ByteBuffer header, int protocol)
            throws IOException {
        int sectors = Byte.toUnsignedInt(header.get(0x1f1));
        // Old boot loaders wrote 0 for 4.
        long start = ((sectors == 0 ? 4 : sectors) + 1L) * 512;
        long offset = start + Integer.toUnsignedLong(header.getInt(0x248));
        long length = Integer.toUnsignedLong(header.getInt(0x24c));
        if (length <= SIZE_BYTES || offset + length > file.size()) {
            throw new KernelFormatException(
                    "is a bzImage that was cut short: its %d bytes of payload begin at %d of %d"
                            .formatted(length, offset, file.size()));
        }
        Packing packing = packing(file, offset);
        long size = size(file, offset + length);
        long limit =
                protocol < PROTOCOL_WITH_INIT_SIZE
                        ? LARGEST
                        : Math.min(LARGEST, Integer.toUnsignedLong(header.getInt(0x260)));
        if (size > limit || length > LARGEST) {
            throw new KernelFormatException(
                    "is a bzImage whose vmlinux would have %d bytes, more than the %d it may have"
                            .formatted(size, limit));
        }
        return new BzImage(offset, packing.without(SIZE_BYTES, length), packing, size);
    }

    private static Packing packing(FileChannel file, long offset) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Packing.LONGEST_MAGIC);
        FileRegion.read(file, start, offset);
        start.flip();
        return Packing.of(start)
                .orElseThrow(
                        () ->
                                new KernelFormatException(
                                        "is a bzImage whose payload is of an unknown format"));
    }

    /** The build appends it, or gzip does. */
    private static long size(FileChannel file, long end) throws IOException {
        ByteBuffer size = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FileRegion.read(file, size, end - SIZE_BYTES);
        return Integer.toUnsignedLong(size.getInt(0));
    }

    /** Reads all compressed bytes once. */
    VmlinuxKey key(FileChannel file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new FileRegion(file, offset, length, digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return VmlinuxKey.of(digest.digest(), size);
    }

    /**
     * Writes the vmlinux.
     *
     * @param key what {@link #key} gave
     * @throws KernelFormatException where what comes out is not it, or where the file changes
     *     meanwhile
     */
    void unpack(FileChannel file, VmlinuxKey key, VmlinuxFile target) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new FileRegion(file, offset, length, digest)) {
            decompress(new BufferedInputStream(in, BUFFER_BYTES), target);
            in.transferTo(OutputStream.nullOutputStream());
        }
        if (!VmlinuxKey.of(digest.digest(), size).equals(key)) {
            throw new KernelFormatException("changes while it is read");
        }
        target.requireVmlinux();
    }

    private void decompress(InputStream in, VmlinuxFile target) throws IOException {
        try {
            packing.unpack(in, length, target);
        } catch (KernelFormatException e) {
            throw e;
        } catch (IOException | MalformedInputException | IndexOutOfBoundsException e) {
            throw damaged(e);
        }
    }

    private KernelFormatException damaged(Exception cause) {
        return new KernelFormatException(
                "is a bzImage whose payload cannot be decompressed with %s (%s)"
                        .formatted(packing.title(), cause.getMessage()),
                cause);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
