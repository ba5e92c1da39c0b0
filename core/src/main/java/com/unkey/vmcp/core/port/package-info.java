/**
 * What the control plane asks of the world, as interfaces that adapters in other modules implement.
 * Start at {@link com.unkey.vmcp.core.port.Hypervisor} and {@link
 * com.unkey.vmcp.core.port.VmStore}; each port has a contract suite in the testkit that fakes and
 * real adapters both pass.
 *
 * <p>Depends on {@code core.vm} and {@code core.failure} only. Threading is said at each port.
 */
@NullMarked
package com.unkey.vmcp.core.port;

import org.jspecify.annotations.NullMarked;
