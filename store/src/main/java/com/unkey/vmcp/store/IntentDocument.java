package com.unkey.vmcp.store;

import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** An {@link Intent} as a document. */
final class IntentDocument {

    private static final int VERSION = 1;

    private IntentDocument() {}

    static String write(Intent intent) {
        return Json.write(
                Json.document(VERSION)
                        .put("action", intent.operation().action().name())
                        .put("force", intent.operation().force())
                        .put("deadline", intent.deadline().toString()));
    }

    static Intent read(String text) {
        JsonNode node = Json.read(text, VERSION);
        Action action = Action.valueOf(node.required("action").stringValue());
        Instant deadline = Instant.parse(node.required("deadline").stringValue());
        return new Intent(new Operation(action, Json.flag(node, "force")), deadline);
    }
}
