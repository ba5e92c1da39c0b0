/**
 * Which accelerator QEMU runs guests with, and how that is found out.
 *
 * <p>Start reading at {@link com.unkey.vmcp.backends.qemu.accel.AcceleratorChoice}, which turns the
 * setting into an {@link com.unkey.vmcp.backends.qemu.accel.Accelerator}; for {@code auto} it runs
 * {@link com.unkey.vmcp.backends.qemu.accel.AcceleratorProbe} and remembers the verdict. The guest
 * that the probe runs is assembled from {@code src/probe}; its stages are described there. ADR 0003
 * says why it is done this way and what it cannot see.
 *
 * <p>Threading: all public types may be used from any thread. A choice that has to be probed runs
 * on one virtual thread of its own, and all who ask meanwhile wait for that one result, three
 * seconds at most.
 *
 * <p>This package depends on the JDK and SLF4J alone: not on the monitor protocol, not on the rest
 * of the backend.
 */
@NullMarked
package com.unkey.vmcp.backends.qemu.accel;

import org.jspecify.annotations.NullMarked;
