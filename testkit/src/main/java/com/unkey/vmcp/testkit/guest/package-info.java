/**
 * Guests of a few dozen bytes, for tests that need a real VMM but no operating system.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.guest.MiniGuest}. Each guest is an ELF64 file
 * with a PVH note, which QEMU ({@code -kernel}), Cloud Hypervisor and Firecracker start in 32-bit
 * protected mode within milliseconds. They speak on the first serial port.
 *
 * <p>Everything here is immutable and may be used from any thread. It depends on the JDK alone and
 * knows no VMM's client.
 */
@NullMarked
package com.unkey.vmcp.testkit.guest;

import org.jspecify.annotations.NullMarked;
