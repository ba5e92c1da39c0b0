package com.unkey.vmcp.connect;

import java.io.IOException;

/** A way to compress messages, under the name that travels in headers. Safe on every thread. */
public interface Compression {

    /** Says that data is no larger than allowed only before it was inflated. */
    final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        /**
         * Inflated data beyond a limit.
         *
         * @param limit in bytes
         */
        public TooLargeException(int limit) {
            super("larger than the limit of " + limit + " bytes once inflated");
        }
    }

    /** Name as in Content-Encoding, in lower case. */
    String name();

    /** The data, compressed. */
    byte[] compress(byte[] data, int offset, int length);

    /**
     * Reverses {@link #compress}, never holding more than the limit and a little.
     *
     * @param limit in bytes of the outcome
     * @throws TooLargeException where the outcome would be larger
     * @throws IOException where the data is not of this compression
     */
    byte[] inflate(byte[] data, int offset, int length, int limit) throws IOException;

    /** RFC 1952, by the JDK. */
    static Compression gzip() {
        return Gzip.INSTANCE;
    }

    /**
     * RFC 7932, by brotli4j.
     *
     * @throws UnsatisfiedLinkError where its native library is not on the class path
     */
    static Compression brotli() {
        return new Brotli();
    }

    /** RFC 8878, by zstd-jni, which has to be on the class path. */
    static Compression zstd() {
        return new Zstd();
    }
}
