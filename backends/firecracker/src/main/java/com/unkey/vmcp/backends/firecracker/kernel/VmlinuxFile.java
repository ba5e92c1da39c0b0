package com.unkey.vmcp.backends.firecracker.kernel;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A vmlinux that is being written; its owner closes it. For one thread. */
final class VmlinuxFile implements AutoCloseable {

    private static final int CHUNK_BYTES = 256 << 10;

    private final FileChannel file;
    private final long size;

    private VmlinuxFile(FileChannel file, long size) {
        this.file = file;
        this.size = size;
    }

    /**
     * @param path of no file yet
     * @param size that it will have, in bytes
     */
    static VmlinuxFile create(Path path, long size) throws IOException {
        var options =
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return new VmlinuxFile(FileChannel.open(path, options, mode), size);
    }

    long size() {
        return size;
    }

    /**
     * Writes what {@code plain} holds and no byte more than {@link #size}.
     *
     * @throws KernelFormatException where it holds more or less
     */
    void fill(InputStream plain) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long done = 0;
        int n = 0;
        while (done < size && n >= 0) {
            n = plain.read(chunk, 0, (int) Math.min(chunk.length, size - done));
            if (n > 0) {
                write(ByteBuffer.wrap(chunk, 0, n));
                done += n;
            }
        }
        requireWhole(done);
        if (plain.read() >= 0) {
            throw new KernelFormatException(
                    "is a bzImage whose payload is longer than the %d bytes it tells of"
                            .formatted(size));
        }
    }

    /** The whole file as memory; its blocks are there, so that a full disk shows here. */
    MemorySegment map(Arena arena) {
        ByteBuffer zeros = ByteBuffer.allocate(CHUNK_BYTES);
        for (long left = size; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), left));
            write(zeros);
        }
        try {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * @param bytes that came out of the payload
     */
    void requireWhole(long bytes) throws KernelFormatException {
        if (bytes != size) {
            throw new KernelFormatException(
                    "is a bzImage whose payload has %d bytes instead of the %d it tells of"
                            .formatted(bytes, size));
        }
    }

    /**
     * @throws KernelFormatException where what was written is no ELF64 for x86-64
     */
    void requireVmlinux() throws IOException {
        ByteBuffer header =
                ByteBuffer.allocate(KernelFormat.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FileRegion.read(file, header, 0);
        boolean vmlinux =
                Elf.look(header.flip()).filter(KernelFormat.Vmlinux.class::isInstance).isPresent();
        if (!vmlinux) {
            throw new KernelFormatException(
                    "is a bzImage whose payload is no ELF64 vmlinux for x86-64");
        }
    }

    /** Returns when it would survive a loss of power. */
    void sync() throws IOException {
        file.force(true);
    }

    private void write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                int _ = file.write(bytes);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    static VmException unwritable(IOException cause) {
        return VmException.unavailable(
                "the directory of decompressed kernels cannot be used: " + cause.getMessage(),
                cause);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
