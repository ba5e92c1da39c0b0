/**
 * Makes of a user's kernel what Firecracker boots: an uncompressed ELF64 vmlinux.
 *
 * <p>Start reading at {@link com.unkey.vmcp.backends.firecracker.kernel.KernelImages}. It takes a
 * vmlinux as it is; of a bzImage, which wraps the same kernel in a program that decompresses it, it
 * takes the vmlinux out and keeps it in a directory, named by what it was made of. So a kernel
 * costs a second once, and some microseconds from then on.
 *
 * <p>Threading: {@code KernelImages} may be used from any thread and blocks. One kernel is
 * decompressed at a time, which bounds the memory that this takes.
 *
 * <p>Knows core's failures, the JDK and two libraries that decompress; nothing of Firecracker's API
 * and nothing of VMs.
 */
@NullMarked
package com.unkey.vmcp.backends.firecracker.kernel;

import org.jspecify.annotations.NullMarked;
