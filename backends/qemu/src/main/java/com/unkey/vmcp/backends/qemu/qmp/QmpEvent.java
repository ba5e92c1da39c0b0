package com.unkey.vmcp.backends.qemu.qmp;

import tools.jackson.databind.JsonNode;

/**
 * Something that happened in QEMU.
 *
 * @param name in capitals, {@code SHUTDOWN} for one
 * @param data what is told about it; a missing node where nothing is
 */
public record QmpEvent(String name, JsonNode data) {}
