package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one of the protocols uses HTTP. Has no state: what differs between calls is in its head. */
sealed interface Protocol permits ConnectUnary, Enveloped {

    /**
     * What an answer's headers repeat of the call.
     *
     * @param contentType of the answer
     * @param compression of its messages; null: none
     * @param offered names of all compressions
     * @param get whether the call came as a GET
     */
    record Head(
            String contentType, @Nullable Compression compression, String offered, boolean get) {}

    /**
     * An answer that holds one message at most.
     *
     * @param message as the protocol frames it; null: none
     */
    record Whole(Metadata leading, @Nullable Payload message, Status status, Metadata trailers) {}

    /**
     * A message as it is sent.
     *
     * @param compressed whether it was worth it
     */
    record Payload(HttpData data, boolean compressed) {}

    /** Bytes that are left free in front of each message. */
    int headroom();

    /** Compression of the request as its headers have it. */
    @Nullable String requestCompression(HttpHeaders headers);

    /** Compressions that the client understands. */
    @Nullable String acceptedCompressions(HttpHeaders headers);

    /**
     * Checks what is special about the protocol's requests.
     *
     * @throws StatusException that is to be the answer
     */
    void check(RequestHeaders headers) throws StatusException;

    /** Header that carries the client's patience, for messages. */
    String timeoutHeader();

    /**
     * How long the client waits; empty: for ever.
     *
     * @throws StatusException where the header cannot be read
     */
    Optional<Duration> timeout(HttpHeaders headers) throws StatusException;

    /** Everything at once. */
    HttpResponse whole(Head head, Whole answer);
}
