package com.unkey.vmcp.connect;

import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.util.Set;

/** One encoding of messages. Safe on every thread. */
interface Codec {

    /** Content types of unary calls, parameters included, in lower case. */
    Set<String> contentTypes();

    /** Reads a message of the prototype's type. */
    Message decode(Message prototype, byte[] body) throws MalformedMessageException;

    /** Writes a message. */
    byte[] encode(MessageOrBuilder message);
}
