/**
 * The small HTTP server library that Cloud Hypervisor and Firecracker share, played, and a client
 * that shows what it sends byte for byte.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.microhttp.ApiSocket}. Objects are for one
 * thread each unless they say otherwise. Knows no VMM.
 */
@NullMarked
package com.unkey.vmcp.testkit.microhttp;

import org.jspecify.annotations.NullMarked;
