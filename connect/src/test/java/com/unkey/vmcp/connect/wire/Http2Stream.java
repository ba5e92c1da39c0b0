package com.unkey.vmcp.connect.wire;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/** What has come of one stream so far. */
final class Http2Stream {

    private int status;
    private Map<String, List<String>> headers = Map.of();
    private Map<String, List<String>> trailers = Map.of();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private String reset = "";
    private boolean ended;

    void headers(Map<String, List<String>> block) {
        List<String> code = block.remove(":status");
        if (code == null) {
            trailers = block;
        } else {
            status = Integer.parseInt(code.getFirst());
            headers = block;
        }
    }

    void data(byte[] bytes) {
        body.writeBytes(bytes);
    }

    void reset(String why) {
        reset = why;
        ended = true;
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    int received() {
        return body.size();
    }

    boolean isAnswered() {
        return status != 0;
    }

    WireAnswer answer() {
        return new WireAnswer(
                status, reset, headers, ByteString.copyFrom(body.toByteArray()), trailers);
    }
}
