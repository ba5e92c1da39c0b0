/**
 * QEMU as a hypervisor: a process for each VM, started with its vCPUs held and driven through its
 * monitor. Start at {@link com.unkey.vmcp.backends.qemu.QemuHypervisor}; what QEMU is started with
 * is all in {@link com.unkey.vmcp.backends.qemu.QemuCommandLine}.
 *
 * <p>Everything blocks with a deadline and runs on the caller's thread; events come on the threads
 * of the monitor connections and of the process host, and only set fields and tell the control
 * plane. Depends on core and on what all backends share, never on the supervision that implements
 * its ports.
 */
@NullMarked
package com.unkey.vmcp.backends.qemu;

import org.jspecify.annotations.NullMarked;
