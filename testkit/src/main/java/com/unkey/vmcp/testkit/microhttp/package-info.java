/**
 * The small HTTP server library that Cloud Hypervisor and Firecracker share, played, and a client
 * that shows what it sends byte for byte.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.microhttp.ApiServer}. HTTP is parsed by hand on
 * purpose: it follows the library, limits and oddities included, which no proper HTTP server would
 * do. Requests are served one after another, as the real programs do; connections have virtual
 * threads of their own. Other objects are for one thread each. Knows no VMM.
 */
@NullMarked
package com.unkey.vmcp.testkit.microhttp;

import org.jspecify.annotations.NullMarked;
