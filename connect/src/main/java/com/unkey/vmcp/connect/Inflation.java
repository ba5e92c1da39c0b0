package com.unkey.vmcp.connect;

import java.io.IOException;
import java.io.InputStream;

/** Reads what a decompressor yields, up to a limit. */
final class Inflation {

    private Inflation() {}

    static byte[] read(InputStream in, int limit) throws IOException {
        byte[] inflated = in.readNBytes(limit);
        if (in.read() >= 0) {
            throw new Compression.TooLargeException(limit);
        }
        return inflated;
    }
}
