/**
 * A fake Cloud Hypervisor and the contract that holds it to the real one.
 *
 * <p>Start reading at {@link com.unkey.vmcp.testkit.cloudhypervisor.FakeCloudHypervisor}, which is
 * one VMM process as seen from outside: socket, event file, consoles, exit code. {@link
 * com.unkey.vmcp.testkit.cloudhypervisor.InProcessServer} starts such processes inside the test's
 * JVM, {@link com.unkey.vmcp.testkit.cloudhypervisor.FakeProgram} as programs of their own. {@link
 * com.unkey.vmcp.testkit.cloudhypervisor.CloudHypervisorHttpContract} and its like are run on the
 * fake and on the real program.
 *
 * <p>A fake's requests are served one after another, as the real program does; guests, events and
 * connections have virtual threads of their own. Public types are safe on every thread. Depends on
 * core's ports and a JSON library; it must not know any adapter.
 */
@NullMarked
package com.unkey.vmcp.testkit.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
