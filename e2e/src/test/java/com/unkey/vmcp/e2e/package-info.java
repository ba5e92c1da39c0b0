/**
 * The packaged daemon as its users meet it: a process of its own, real guests, real sockets, real
 * kills. Start reading at {@link com.unkey.vmcp.e2e.Bench}, which starts a daemon on a state
 * directory of its own and, when it is closed, sees that nothing is left of it. {@link
 * com.unkey.vmcp.e2e.Backend} says what VMs run on.
 *
 * <p>Test classes run two at a time; what measures or loads the whole machine runs alone.
 */
@NullMarked
package com.unkey.vmcp.e2e;

import org.jspecify.annotations.NullMarked;
