/**
 * The probe on this machine's QEMU: translated, and under KVM where there is one. Tests run on
 * JUnit's threads; {@code SimulatedQemu} is a shell script in the binary's place for what no sound
 * QEMU does.
 */
@NullMarked
package com.unkey.vmcp.backends.qemu.accel;

import org.jspecify.annotations.NullMarked;
