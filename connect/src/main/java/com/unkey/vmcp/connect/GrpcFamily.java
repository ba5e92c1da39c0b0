package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What gRPC and gRPC-Web have in common. */
sealed interface GrpcFamily extends Enveloped permits Grpc, GrpcWeb {

    @Override
    default @Nullable String requestCompression(HttpHeaders headers) {
        return headers.get(GrpcHeaders.ENCODING);
    }

    @Override
    default @Nullable String acceptedCompressions(HttpHeaders headers) {
        return headers.get(GrpcHeaders.ACCEPTED);
    }

    @Override
    default void check(RequestHeaders headers) {
        // Nothing that connect-go would insist on.
    }

    @Override
    default String timeoutHeader() {
        return GrpcHeaders.TIMEOUT;
    }

    @Override
    default Optional<Duration> timeout(HttpHeaders headers) throws StatusException {
        return GrpcHeaders.timeout(headers);
    }

    @Override
    default ResponseHeaders opening(Head head, Metadata leading) {
        return GrpcHeaders.opening(head, leading);
    }
}
