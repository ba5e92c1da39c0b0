package com.unkey.vmcp.connect;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Brotli, RFC 7932, by brotli4j, which Armeria brings for Linux on x86-64. */
final class Brotli implements Compression {

    /** Of 0 to 11; 5 is about as fast as gzip and smaller. */
    private static final Encoder.Parameters QUALITY = Encoder.Parameters.create(5);

    Brotli() {
        Brotli4jLoader.ensureAvailability();
    }

    @Override
    public String name() {
        return "br";
    }

    @Override
    public byte[] compress(byte[] data, int offset, int length) {
        try {
            return Encoder.compress(data, offset, length, QUALITY);
        } catch (IOException e) {
            throw new UncheckedIOException("brotli", e);
        }
    }

    @Override
    public byte[] inflate(byte[] data, int offset, int length, int limit) throws IOException {
        try (InputStream in =
                new BrotliInputStream(new ByteArrayInputStream(data, offset, length))) {
            return Inflation.read(in, limit);
        }
    }
}
