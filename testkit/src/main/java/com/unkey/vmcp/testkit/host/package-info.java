/**
 * Fakes of the host: its files, its processes, its ids. Start at {@link
 * com.unkey.vmcp.testkit.host.FakeHost}.
 *
 * <p>Safe on every thread. Depends on core alone.
 */
@NullMarked
package com.unkey.vmcp.testkit.host;

import org.jspecify.annotations.NullMarked;
