/**
 * Waiting for things to come true, and looking at real processes. Start at {@link
 * com.unkey.vmcp.testkit.process.Await}.
 *
 * <p>Everything runs on the caller's thread and keeps no state. Depends on the JDK alone.
 */
@NullMarked
package com.unkey.vmcp.testkit.process;

import org.jspecify.annotations.NullMarked;
