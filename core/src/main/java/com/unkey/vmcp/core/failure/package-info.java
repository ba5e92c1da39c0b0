/**
 * The closed vocabulary of failures. Start at {@link com.unkey.vmcp.core.failure.VmFailure}.
 *
 * <p>Values only, safe on every thread. Depends on the model in {@code core.vm} and on nothing
 * else; in particular it knows no status codes.
 */
@NullMarked
package com.unkey.vmcp.core.failure;

import org.jspecify.annotations.NullMarked;
