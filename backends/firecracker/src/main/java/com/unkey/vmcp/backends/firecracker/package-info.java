/**
 * VMs in Firecracker, by its HTTP API on a unix socket.
 *
 * <p>A Firecracker process runs one guest once: it knows no power-off, and a guest that resets
 * itself ends it. So a VM outlives its processes here, and each start of the guest but the first
 * has one of its own. A process stands bare on the host or in a jail; {@code Housing} is what the
 * two differ in.
 *
 * <p>Knows core, the adapters' common ground and the HTTP client, and no other backend.
 */
@NullMarked
package com.unkey.vmcp.backends.firecracker;

import org.jspecify.annotations.NullMarked;
