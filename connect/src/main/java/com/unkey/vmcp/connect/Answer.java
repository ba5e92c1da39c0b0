package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpResponse;
import io.grpc.Metadata;
import io.grpc.Status;

/** How a call is answered. Ends once; what comes after the end is dropped. */
interface Answer {

    /** What goes to the client, now or later. */
    HttpResponse response();

    /** Leading metadata, before the first message. */
    void headers(Metadata leading);

    /**
     * The next message. May block until the client has taken enough of those before.
     *
     * @throws IllegalStateException where there may not be another
     */
    void message(Protocol.Payload message);

    /** The end. */
    void close(Status status, Metadata trailers);

    /** The end of an answer that nobody waits for: not a word more is sent. */
    void abort();

    /** Whether a message would be taken without a wait. */
    boolean isReady();
}
