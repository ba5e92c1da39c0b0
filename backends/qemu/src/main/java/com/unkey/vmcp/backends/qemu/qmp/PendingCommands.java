package com.unkey.vmcp.backends.qemu.qmp;

import com.unkey.vmcp.core.failure.VmException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * Commands that were sent and not answered. One whose caller has given up stays until QEMU answers:
 * so their number bounds what a QEMU that does not read can have in its socket, and a write never
 * blocks.
 */
final class PendingCommands {

    static final int LIMIT = 64;

    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

    /** One command: its id on the wire and where its reply will be. */
    record Pending(long id, CompletableFuture<JsonNode> reply) {}

    Pending add(String command) {
        if (waiting.size() >= LIMIT) {
            throw VmException.unavailable(
                    "QEMU has left %d commands unanswered; %s was not sent"
                            .formatted(LIMIT, command));
        }
        Pending pending = new Pending(lastId.incrementAndGet(), new CompletableFuture<>());
        waiting.put(pending.id(), pending.reply());
        return pending;
    }

    Optional<CompletableFuture<JsonNode>> take(long id) {
        return Optional.ofNullable(waiting.remove(id));
    }

    void failAll(VmException cause) {
        waiting.forEach((_, reply) -> reply.completeExceptionally(cause));
        waiting.clear();
    }
}
