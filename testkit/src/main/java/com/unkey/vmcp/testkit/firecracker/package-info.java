/**
 * A fake Firecracker and the contract that holds it to the real one.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.firecracker.FirecrackerServer}, which is one
 * process as a test sees it, real or not. {@link
 * com.unkey.vmcp.testkit.firecracker.InProcessFirecracker} plays one inside the test's JVM, or a
 * host of many; {@link com.unkey.vmcp.testkit.firecracker.FakeFirecrackerProgram} is the same as a
 * program. {@link com.unkey.vmcp.testkit.firecracker.FirecrackerHttpContract} and its like are run
 * on the fake and on the real program.
 *
 * <p>A fake's requests are served one after another, as the real program does; guests have a thread
 * of their own, connections virtual ones. Public types are safe on every thread. Depends on core's
 * ports and a JSON library; it must not know any adapter.
 */
@NullMarked
package com.unkey.vmcp.testkit.firecracker;

import org.jspecify.annotations.NullMarked;
