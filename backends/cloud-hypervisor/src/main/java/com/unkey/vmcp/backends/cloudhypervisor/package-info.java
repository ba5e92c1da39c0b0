/**
 * VMs in Cloud Hypervisor, by its HTTP API on a unix socket.
 *
 * <p>Start at {@link com.unkey.vmcp.backends.cloudhypervisor.CloudHypervisor}. A VM has a VMM
 * process of its own (managed), or lives in the one VMM that somebody else started (attached); the
 * two differ in who starts and ends the process and in how changes are noticed, and {@code ChVmm}
 * is the same for both. What the program does that one would not expect is said where the code
 * works around it.
 *
 * <p>Knows core, the adapters' common ground and the HTTP client, and no other backend.
 */
@NullMarked
package com.unkey.vmcp.backends.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
