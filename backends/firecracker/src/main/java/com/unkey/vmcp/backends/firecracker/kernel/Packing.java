package com.unkey.vmcp.backends.firecracker.kernel;

import io.airlift.compress.bzip2.BZip2HadoopStreams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** How kernels are compressed; all that the kernel's build offers for x86. */
enum Packing {
    GZIP("gzip", "1f8b08"),
    BZIP2("bzip2", "425a68"),
    LZMA("lzma", "5d0000"),
    XZ("xz", "fd377a585a00"),
    LZO("lzo", "894c5a4f"),
    LZ4("lz4", "02214c18"),
    ZSTD("zstd", "28b52ffd");

    static final int LONGEST_MAGIC = 6;

    private final String title;

    /** First bytes, in hex. */
    private final String magic;

    Packing(String title, String magic) {
        this.title = title;
        this.magic = magic;
    }

    /** The one whose bytes {@code bytes} begins with. */
    static Optional<Packing> of(ByteBuffer bytes) {
        byte[] start = new byte[Math.min(LONGEST_MAGIC, bytes.limit())];
        bytes.get(0, start);
        String hex = HexFormat.of().formatHex(start);
        return Arrays.stream(values()).filter(one -> hex.startsWith(one.magic)).findFirst();
    }

    String title() {
        return title;
    }

    /** Length of the compressed bytes where the build appends the size to those that lack it. */
    long without(int appended, long length) {
        return this == GZIP ? length : length - appended;
    }

    /**
     * Decompresses {@code length} bytes.
     *
     * @throws IOException where they are damaged, too few or too many; unchecked exceptions of the
     *     library may mean the same
     */
    void unpack(InputStream in, long length, VmlinuxFile target) throws IOException {
        switch (this) {
            case GZIP -> target.fill(new GZIPInputStream(in));
            case BZIP2 -> target.fill(new BZip2HadoopStreams().createInputStream(in));
            case LZMA -> target.fill(LzmaStreams.lzma(in, target.size()));
            case XZ -> target.fill(LzmaStreams.xz(in, target.size()));
            case LZO -> target.fill(new LzopStream(in));
            case LZ4 -> target.fill(new Lz4Stream(in));
            case ZSTD -> Zstandard.unpack(in, length, target);
        }
    }
}
