package com.unkey.vmcp.connect.behaviour;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.MessageLite;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.WireAnswer;
import com.unkey.vmcp.connect.wire.WireRequest;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The three protocols, with binary messages, as a test writes and reads them. */
enum Dialect {
    CONNECT("application/proto", "application/connect+proto", "Connect-Timeout-Ms", ""),
    GRPC("application/grpc", "application/grpc", "Grpc-Timeout", "m"),
    GRPC_WEB("application/grpc-web+proto", "application/grpc-web+proto", "Grpc-Timeout", "m");

    private static final Pattern GRPC_STATUS = Pattern.compile("(?m)^grpc-status: (\\d+)");

    private final String unaryType;
    private final String streamType;
    private final String timeoutHeader;
    private final String timeoutUnit;

    Dialect(String unaryType, String streamType, String timeoutHeader, String timeoutUnit) {
        this.unaryType = unaryType;
        this.streamType = streamType;
        this.timeoutHeader = timeoutHeader;
        this.timeoutUnit = timeoutUnit;
    }

    WireRequest unary(String method, MessageLite message) {
        byte[] body = this == CONNECT ? message.toByteArray() : Envelopes.of(message);
        return WireRequest.post(method, body, "Content-Type", unaryType);
    }

    /** A call of a method that streams in one direction or both. */
    WireRequest stream(String method, MessageLite... messages) {
        return WireRequest.post(method, Envelopes.of(messages), "Content-Type", streamType);
    }

    /** The same with a deadline. */
    WireRequest within(int millis, WireRequest request) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(request.headers());
        headers.add(Map.entry(timeoutHeader, millis + timeoutUnit));
        return new WireRequest(request.method(), request.path(), headers, request.body());
    }

    /** How a call ended. */
    Status.Code code(WireAnswer answer) throws IOException {
        if (this == CONNECT) {
            return answer.header("content-type").equals(streamType)
                    ? connectCode(last(answer).text(), "error")
                    : answer.status() == 200 ? Status.Code.OK : connectCode(answer.text(), "");
        }
        String status = answer.trailer("grpc-status");
        return Status.fromCodeValue(Integer.parseInt(status.isEmpty() ? webStatus(answer) : status))
                .getCode();
    }

    private static Status.Code connectCode(String text, String within) {
        JsonObject json = JsonParser.parseString(text).getAsJsonObject();
        JsonObject error = within.isEmpty() ? json : json.getAsJsonObject(within);
        if (error == null) {
            return Status.Code.OK;
        }
        String code = error.get("code").getAsString().toUpperCase(Locale.ROOT);
        return Status.Code.valueOf(code.equals("CANCELED") ? "CANCELLED" : code);
    }

    private static String webStatus(WireAnswer answer) throws IOException {
        Matcher found = GRPC_STATUS.matcher(last(answer).text());
        return found.find() ? found.group(1) : "-1";
    }

    private static Envelopes.Frame last(WireAnswer answer) throws IOException {
        return Envelopes.read(answer.body().toByteArray()).getLast();
    }

    /** Messages of a stream's answer. */
    long messages(WireAnswer answer) throws IOException {
        return Envelopes.read(answer.body().toByteArray()).stream()
                .filter(frame -> frame.flags() == 0)
                .count();
    }
}
