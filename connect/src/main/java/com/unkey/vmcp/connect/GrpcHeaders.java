package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The headers and trailers that gRPC and gRPC-Web have in common: gRPC's PROTOCOL-HTTP2. */
final class GrpcHeaders {

    static final String ENCODING = "grpc-encoding";
    static final String ACCEPTED = "grpc-accept-encoding";
    static final String TIMEOUT = "grpc-timeout";
    private static final Pattern TIMEOUT_VALUE = Pattern.compile("\\+?([0-9]{1,8})([HMSmun])");
    private static final Map<String, ChronoUnit> UNITS =
            Map.of(
                    "H", ChronoUnit.HOURS,
                    "M", ChronoUnit.MINUTES,
                    "S", ChronoUnit.SECONDS,
                    "m", ChronoUnit.MILLIS,
                    "u", ChronoUnit.MICROS,
                    "n", ChronoUnit.NANOS);
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private GrpcHeaders() {}

    static Optional<Duration> timeout(HttpHeaders headers) throws StatusException {
        String value = headers.get(TIMEOUT, "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Matcher parts = TIMEOUT_VALUE.matcher(value);
        if (!parts.matches()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "%s must be at most 8 digits and a unit of H, M, S, m, u, n: got \"%s\""
                                    .formatted(TIMEOUT, value))
                    .asException();
        }
        long amount = Long.parseLong(parts.group(1));
        return Optional.of(Duration.of(amount, UNITS.get(parts.group(2))));
    }

    static ResponseHeaders opening(Protocol.Head head, Metadata leading) {
        ResponseHeadersBuilder out = ResponseHeaders.builder(HttpStatus.OK);
        writeOpening(head, out);
        CallMetadata.writeHeaders(leading, out);
        return out.build();
    }

    static void writeOpening(Protocol.Head head, ResponseHeadersBuilder out) {
        out.set(HttpHeaderNames.CONTENT_TYPE, head.contentType());
        out.set(ACCEPTED, head.offered());
        if (head.compression() != null) {
            out.set(ENCODING, head.compression().name());
        }
    }

    static HttpHeaders trailers(Status status, Metadata trailers) {
        HttpHeadersBuilder out = HttpHeaders.builder();
        writeTrailers(status, trailers, out);
        return out.build();
    }

    static void writeTrailers(Status status, Metadata trailers, HttpHeadersBuilder out) {
        CallMetadata.writeHeaders(trailers, out);
        out.set("grpc-status", Integer.toString(status.getCode().value()));
        if (!status.isOk()) {
            String message = status.getDescription();
            out.set("grpc-message", message == null ? "" : percentEncoded(message));
            byte[] details = trailers.get(ConnectError.DETAILS);
            if (details != null) {
                out.set(ConnectError.DETAILS.name(), CallMetadata.base64(details));
            }
        }
    }

    /** Printable ASCII but for the percent sign stays as it is, all else becomes %XX. */
    static String percentEncoded(String message) {
        byte[] bytes = message.getBytes(UTF_8);
        StringBuilder out = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
            }
        }
        return out.toString();
    }
}
