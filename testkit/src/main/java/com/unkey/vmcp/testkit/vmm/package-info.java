/**
 * What tests of every VMM with an HTTP API share: programs, real and played, and the guests that
 * played ones run.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.vmm.RunningVmm}. Public types are safe on every
 * thread. Knows no VMM by name, and no adapter.
 */
@NullMarked
package com.unkey.vmcp.testkit.vmm;

import org.jspecify.annotations.NullMarked;
