package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectErrorTest {

    /** Code, its name on the wire, its HTTP status. */
    private static final Map<Status.Code, String> TABLE =
            Map.ofEntries(
                    Map.entry(Status.Code.CANCELLED, "canceled 499"),
                    Map.entry(Status.Code.UNKNOWN, "unknown 500"),
                    Map.entry(Status.Code.INVALID_ARGUMENT, "invalid_argument 400"),
                    Map.entry(Status.Code.DEADLINE_EXCEEDED, "deadline_exceeded 504"),
                    Map.entry(Status.Code.NOT_FOUND, "not_found 404"),
                    Map.entry(Status.Code.ALREADY_EXISTS, "already_exists 409"),
                    Map.entry(Status.Code.PERMISSION_DENIED, "permission_denied 403"),
                    Map.entry(Status.Code.RESOURCE_EXHAUSTED, "resource_exhausted 429"),
                    Map.entry(Status.Code.FAILED_PRECONDITION, "failed_precondition 400"),
                    Map.entry(Status.Code.ABORTED, "aborted 409"),
                    Map.entry(Status.Code.OUT_OF_RANGE, "out_of_range 400"),
                    Map.entry(Status.Code.UNIMPLEMENTED, "unimplemented 501"),
                    Map.entry(Status.Code.INTERNAL, "internal 500"),
                    Map.entry(Status.Code.UNAVAILABLE, "unavailable 503"),
                    Map.entry(Status.Code.DATA_LOSS, "data_loss 500"),
                    Map.entry(Status.Code.UNAUTHENTICATED, "unauthenticated 401"),
                    Map.entry(Status.Code.OK, "ok 200"));

    @Test
    void everyCodeHasItsNameAndStatus() {
        for (Status.Code code : Status.Code.values()) {
            ConnectCode connect = ConnectCode.of(code);
            assertThat(connect.label() + " " + connect.http().code()).isEqualTo(TABLE.get(code));
        }
    }

    @Test
    void messagesThatAreEmptyAreLeftOut() {
        assertThat(json(ConnectError.of(Status.ABORTED))).isEqualTo("{\"code\":\"aborted\"}");
        assertThat(json(ConnectError.of(Status.ABORTED.withDescription(""))))
                .isEqualTo("{\"code\":\"aborted\"}");
    }

    @Test
    void detailsLoseTheirTypePrefixAndPadding() {
        Any any =
                Any.pack(
                        RetryInfo.newBuilder()
                                .setRetryDelay(
                                        com.google.protobuf.Duration.newBuilder().setSeconds(7))
                                .build());
        Metadata trailers = new Metadata();
        trailers.put(
                ConnectError.DETAILS,
                com.google.rpc.Status.newBuilder()
                        .setCode(10)
                        .addDetails(any)
                        .build()
                        .toByteArray());

        assertThat(json(ConnectError.of(Status.ABORTED.withDescription("\"no\""), trailers)))
                .isEqualTo(
                        "{\"code\":\"aborted\",\"message\":\"\\\"no\\\"\",\"details\":"
                                + "[{\"type\":\"google.rpc.RetryInfo\",\"value\":\"CgIIBw\"}]}");
    }

    @Test
    void brokenDetailsAreLeftOut() {
        Metadata trailers = new Metadata();
        trailers.put(ConnectError.DETAILS, new byte[] {1, 2, 3});
        assertThat(json(ConnectError.of(Status.ABORTED, trailers)))
                .isEqualTo("{\"code\":\"aborted\"}");
    }

    private static String json(ConnectError error) {
        return new String(error.json(), UTF_8);
    }
}
