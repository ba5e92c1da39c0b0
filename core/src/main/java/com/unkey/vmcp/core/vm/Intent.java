package com.unkey.vmcp.core.vm;

import java.time.Instant;

/**
 * An operation that was decided and recorded but whose outcome was not: what a restart finishes or
 * undoes.
 *
 * @param deadline until when a graceful operation waits for the guest; for others the time at which
 *     it began
 */
public record Intent(Operation operation, Instant deadline) {}
