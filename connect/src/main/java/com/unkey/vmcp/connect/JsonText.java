package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Dense JSON while it is written, as UTF-8, behind some bytes that are left free. */
final class JsonText {

    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);

    private byte[] bytes;
    private int size;

    /**
     * An empty text.
     *
     * @param headroom bytes to leave free in front
     * @param expected a guess of the text's length; it may become longer
     */
    JsonText(int headroom, int expected) {
        bytes = new byte[headroom + Math.max(expected, 16)];
        size = headroom;
    }

    /** Free bytes and text, no more. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    void write(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
    }

    void write(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }

    void write(Piece piece) {
        write(piece.bytes);
    }

    void writeAscii(String text) {
        write(text.getBytes(ISO_8859_1));
    }

    /** Writes a comma, unless what comes now is the first in its object or list. */
    void separate() {
        byte last = bytes[size - 1];
        if (last != '{' && last != '[') {
            write(',');
        }
    }

    /** A string in quotes. */
    void quote(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        quote(utf8, 0, utf8.length);
    }

    /** A string in quotes, given as UTF-8; what JSON does not allow in strings is escaped. */
    void quote(byte[] utf8, int offset, int length) {
        write('"');
        int done = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            byte c = utf8[i];
            // Bytes of longer characters are negative.
            if ((c >= 0 && c < ' ') || c == '"' || c == '\\') {
                copy(utf8, done, i);
                escape(c);
                done = i + 1;
            }
        }
        copy(utf8, done, end);
        write('"');
    }

    private void copy(byte[] from, int start, int end) {
        reserve(end - start);
        System.arraycopy(from, start, bytes, size, end - start);
        size += end - start;
    }

    private void escape(byte c) {
        write('\\');
        switch (c) {
            case '"', '\\' -> write((char) c);
            case '\n' -> write('n');
            case '\r' -> write('r');
            case '\t' -> write('t');
            case '\b' -> write('b');
            case '\f' -> write('f');
            default -> {
                writeAscii("u00");
                write((char) HEX[c >> 4]);
                write((char) HEX[c & 15]);
            }
        }
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }

    /** JSON that is written again and again. */
    static final class Piece {

        private final byte[] bytes;

        Piece(byte[] bytes) {
            this.bytes = bytes;
        }

        static Piece of(String ascii) {
            return new Piece(ascii.getBytes(ISO_8859_1));
        }
    }
}
