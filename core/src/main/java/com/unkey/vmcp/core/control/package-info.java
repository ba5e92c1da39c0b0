/**
 * The control of virtual machines: calls come in here, are decided one at a time for each VM,
 * recorded, carried out, recorded and answered. Start at {@link
 * com.unkey.vmcp.core.control.VmOperations}, the face that the API sees.
 *
 * <p>Safe on every thread. Depends on {@code core.vm}, {@code core.failure} and {@code core.port}
 * only.
 */
@NullMarked
package com.unkey.vmcp.core.control;

import org.jspecify.annotations.NullMarked;
