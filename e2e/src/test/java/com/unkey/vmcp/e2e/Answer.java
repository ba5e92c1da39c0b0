package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What came back for a call. */
record Answer(int status, JsonNode body) {

    Answer ok() {
        assertThat(status).as("status of %s", body).isEqualTo(200);
        return this;
    }

    String text(String field) {
        return body.path(field).asString("");
    }

    String state() {
        return States.of(body);
    }

    /** The Connect code of a refused call; empty for one that went well. */
    String code() {
        return status == 200 ? "" : text("code");
    }

    String message() {
        return text("message");
    }

    /** Requires that the call was refused with the code. */
    Answer refused(String code) {
        assertThat(status).as("status of %s", body).isNotEqualTo(200);
        assertThat(code()).as("%s", body).isEqualTo(code);
        return this;
    }

    /** Field paths and what is said of them, of the google.rpc.BadRequest among the details. */
    Map<String, String> violations() {
        Map<String, String> found = new LinkedHashMap<>();
        for (JsonNode detail : body.path("details")) {
            assertThat(detail.path("type").asString()).isEqualTo("google.rpc.BadRequest");
            for (var violation : badRequest(detail).getFieldViolationsList()) {
                found.merge(
                        violation.getField(), violation.getDescription(), (a, b) -> a + "; " + b);
            }
        }
        return found;
    }

    private static BadRequest badRequest(JsonNode detail) {
        try {
            return BadRequest.parseFrom(
                    Base64.getDecoder().decode(detail.path("value").asString()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("a detail cannot be decoded: " + detail, e);
        }
    }
}
