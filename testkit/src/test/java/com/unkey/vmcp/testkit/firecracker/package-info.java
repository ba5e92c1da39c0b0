/** The fake Firecracker, and the contract on it and on the real one. Runs on JUnit's threads. */
@NullMarked
package com.unkey.vmcp.testkit.firecracker;

import org.jspecify.annotations.NullMarked;
