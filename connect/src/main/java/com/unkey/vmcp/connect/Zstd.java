package com.unkey.vmcp.connect;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Zstandard, RFC 8878, by zstd-jni. */
final class Zstd implements Compression {

    /** Of 1 to 22; the fastest still beats gzip. */
    private static final int LEVEL = 1;

    /** A frame may ask for a window of gigabytes; RFC 8878, 3.1.1.1.2 advises to allow 8 MiB. */
    private static final int MAX_WINDOW_LOG = 23;

    @Override
    public String name() {
        return "zstd";
    }

    @Override
    public byte[] compress(byte[] data, int offset, int length) {
        return com.github.luben.zstd.Zstd.compress(
                Arrays.copyOfRange(data, offset, offset + length), LEVEL);
    }

    @Override
    public byte[] inflate(byte[] data, int offset, int length, int limit) throws IOException {
        try (ZstdInputStreamNoFinalizer in =
                new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(data, offset, length))) {
            in.setLongMax(MAX_WINDOW_LOG);
            return Inflation.read(in, limit);
        }
    }
}
