package com.unkey.vmcp.store;

import com.unkey.vmcp.core.vm.VmState;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A {@link VmState} as a document, told apart by its {@code kind}. */
final class StateDocument {

    private static final int VERSION = 1;
    private static final String BOOTED_AT = "booted_at";
    private static final String REASON = "reason";

    private StateDocument() {}

    static String write(VmState state) {
        ObjectNode node = Json.document(VERSION).put("kind", state.kind().name());
        switch (state) {
            case VmState.Created() -> {}
            case VmState.Running(Instant bootedAt) -> node.put(BOOTED_AT, bootedAt.toString());
            case VmState.Paused(Instant bootedAt) -> node.put(BOOTED_AT, bootedAt.toString());
            case VmState.Shutdown(String reason) -> node.put(REASON, reason);
        }
        return Json.write(node);
    }

    static VmState read(String text) {
        JsonNode node = Json.read(text, VERSION);
        return switch (VmState.Kind.valueOf(node.required("kind").stringValue())) {
            case CREATED -> new VmState.Created();
            case RUNNING -> new VmState.Running(bootedAt(node));
            case PAUSED -> new VmState.Paused(bootedAt(node));
            case SHUTDOWN -> new VmState.Shutdown(Json.text(node, REASON));
        };
    }

    private static Instant bootedAt(JsonNode node) {
        return Instant.parse(node.required(BOOTED_AT).stringValue());
    }
}
