/**
 * The QEMU Machine Protocol over a unix socket: commands with replies, and events. Start at {@link
 * com.unkey.vmcp.backends.qemu.qmp.QmpConnection}, or at {@link
 * com.unkey.vmcp.backends.qemu.qmp.QmpLink}, which connects anew when a connection is lost.
 *
 * <p>Each connection has one virtual thread that reads; commands may be sent on any thread. Knows
 * nothing of VMs, and depends on {@code core.failure} and Jackson only.
 */
@NullMarked
package com.unkey.vmcp.backends.qemu.qmp;

import org.jspecify.annotations.NullMarked;
