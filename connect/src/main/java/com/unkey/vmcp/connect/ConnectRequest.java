package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The headers that Connect's two kinds of calls have in common. */
final class ConnectRequest {

    static final String TIMEOUT = "connect-timeout-ms";
    private static final Pattern MILLIS = Pattern.compile("[+-]?[0-9]{1,10}");
    private static final int TIMEOUT_CHARACTERS = 10;

    private ConnectRequest() {}

    static void checkVersion(String parameter, String wanted, String version)
            throws StatusException {
        if (!version.equals(wanted)) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "%s must be \"%s\": got \"%s\"".formatted(parameter, wanted, version))
                    .asException();
        }
    }

    static void checkVersion(RequestHeaders headers) throws StatusException {
        String version = headers.get("connect-protocol-version", "");
        if (!version.isEmpty()) {
            checkVersion("connect-protocol-version", "1", version);
        }
    }

    /** Milliseconds in at most ten characters; 0 and less is over at once. */
    static Optional<Duration> timeout(HttpHeaders headers) throws StatusException {
        String millis = headers.get(TIMEOUT, "");
        if (millis.isEmpty()) {
            return Optional.empty();
        }
        if (millis.length() > TIMEOUT_CHARACTERS || !MILLIS.matcher(millis).matches()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "%s must be a number of at most %d characters: got \"%s\""
                                    .formatted(TIMEOUT, TIMEOUT_CHARACTERS, millis))
                    .asException();
        }
        return Optional.of(Duration.ofMillis(Math.max(0, Long.parseLong(millis))));
    }
}
