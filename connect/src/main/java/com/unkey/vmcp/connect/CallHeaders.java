package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the headers of a unary call say.
 *
 * @param timeout how long the client waits; empty: for ever
 */
record CallHeaders(Metadata metadata, Optional<Duration> timeout) {

    private static final Pattern TIMEOUT = Pattern.compile("-?[0-9]{1,10}");

    /** Reads the headers, in the order in which connect-go complains about them. */
    static CallHeaders read(RequestHeaders headers) throws StatusException {
        checkCompression(headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity"));
        checkVersion(headers.get("connect-protocol-version", "1"));
        Optional<Duration> timeout = timeout(headers.get("connect-timeout-ms", ""));
        return new CallHeaders(CallMetadata.read(headers), timeout);
    }

    private static void checkCompression(String encoding) throws StatusException {
        if (!encoding.isEmpty() && !encoding.equals("identity")) {
            throw Status.UNIMPLEMENTED
                    .withDescription(
                            "unknown compression \"%s\": supported encodings are identity"
                                    .formatted(encoding))
                    .asException();
        }
    }

    private static void checkVersion(String version) throws StatusException {
        if (!version.equals("1")) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "connect-protocol-version must be \"1\": got \"%s\"".formatted(version))
                    .asException();
        }
    }

    private static Optional<Duration> timeout(String millis) throws StatusException {
        if (millis.isEmpty()) {
            return Optional.empty();
        }
        if (millis.length() > 10 || !TIMEOUT.matcher(millis).matches()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "connect-timeout-ms must be a number of at most 10 digits: got \"%s\""
                                    .formatted(millis))
                    .asException();
        }
        return Optional.of(Duration.ofMillis(Math.max(0, Long.parseLong(millis))));
    }
}
