/** The mini guests under a real QEMU, translated (no KVM needed). Tests run on JUnit's threads. */
@NullMarked
package com.unkey.vmcp.testkit.guest;

import org.jspecify.annotations.NullMarked;
