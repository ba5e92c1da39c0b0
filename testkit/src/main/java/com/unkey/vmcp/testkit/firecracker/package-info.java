/**
 * A fake Firecracker and the contract that holds it to the real one.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.firecracker.FirecrackerServer}, which is one
 * process as a test sees it, real or not.
 *
 * <p>Public types are safe on every thread. Depends on core's ports and a JSON library; it must not
 * know any adapter.
 */
@NullMarked
package com.unkey.vmcp.testkit.firecracker;

import org.jspecify.annotations.NullMarked;
