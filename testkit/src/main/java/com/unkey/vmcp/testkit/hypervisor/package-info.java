/**
 * The contract of the hypervisor port as a test suite, and a hypervisor in memory that passes it.
 * Start at {@link com.unkey.vmcp.testkit.hypervisor.FakeHypervisor}.
 *
 * <p>Safe on every thread. Depends on core and the testkit alone.
 */
@NullMarked
package com.unkey.vmcp.testkit.hypervisor;

import org.jspecify.annotations.NullMarked;
