package com.unkey.vmcp.connect;

import com.google.protobuf.Message;
import java.util.List;

/** One encoding of messages. Safe on every thread. */
interface Codec {

    /** What content types call it; the first is also its name in a GET. */
    List<String> names();

    /** Reads a message of the prototype's type. */
    Message decode(Message prototype, byte[] data, int offset, int length)
            throws MalformedMessageException;

    /** Writes a message behind as many bytes as are to be left free. */
    byte[] encode(Message message, int headroom);
}
