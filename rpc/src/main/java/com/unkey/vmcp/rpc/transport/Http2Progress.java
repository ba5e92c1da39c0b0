package com.unkey.vmcp.rpc.transport;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames of an HTTP/2 connection (RFC 9113, section 4), to know whether its client is
 * in the middle of something that has to be whole soon: the preface, a block of headers, any frame
 * but DATA. Bodies have a limit of their own. Reads along, and takes nothing away.
 */
final class Http2Progress {

    private static final int PREFACE_BYTES = 24;
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 0x4;

    private int prefaceSeen;
    private int headerSeen;
    private int length;
    private int type;
    private int flags;
    private boolean block;
    private long finished;

    /** Takes note of what is readable. */
    void read(ByteBuf in) {
        int at = in.readerIndex();
        while (at < in.writerIndex()) {
            int left = in.writerIndex() - at;
            if (prefaceSeen < PREFACE_BYTES) {
                at += preface(left);
            } else if (headerSeen < FRAME_HEADER_BYTES) {
                header(in.getUnsignedByte(at++));
            } else {
                at += payload(left);
            }
        }
    }

    /** How much was finished so far: prefaces, blocks of headers, frames of their own. */
    long finished() {
        return finished;
    }

    boolean unfinished() {
        boolean preface = prefaceSeen > 0 && prefaceSeen < PREFACE_BYTES;
        boolean header = headerSeen > 0 && headerSeen < FRAME_HEADER_BYTES;
        boolean payload = headerSeen == FRAME_HEADER_BYTES && type != DATA;
        return preface || header || payload || block;
    }

    private int preface(int left) {
        int taken = Math.min(left, PREFACE_BYTES - prefaceSeen);
        prefaceSeen += taken;
        if (prefaceSeen == PREFACE_BYTES) {
            finished++;
        }
        return taken;
    }

    private void header(int octet) {
        switch (headerSeen++) {
            case 0 -> length = octet << 16;
            case 1 -> length |= octet << 8;
            case 2 -> length |= octet;
            case 3 -> type = octet;
            case 4 -> flags = octet;
            default -> {
                // The stream's number does not matter here.
            }
        }
        if (headerSeen == FRAME_HEADER_BYTES && length == 0) {
            endFrame();
        }
    }

    private int payload(int left) {
        int taken = Math.min(left, length);
        length -= taken;
        if (length == 0) {
            endFrame();
        }
        return taken;
    }

    private void endFrame() {
        headerSeen = 0;
        if (type == HEADERS || type == CONTINUATION) {
            block = (flags & END_HEADERS) == 0;
        }
        if (!block) {
            finished++;
        }
    }
}
