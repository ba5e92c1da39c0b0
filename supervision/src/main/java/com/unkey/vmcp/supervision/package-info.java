/**
 * VMM processes that outlive the daemon. Start at {@link
 * com.unkey.vmcp.supervision.LinuxProcessHost}; {@link com.unkey.vmcp.supervision.StateDirectory}
 * is the place on disk, {@code HostedProcess} one process, {@code OutputBounds} the limit on what
 * it writes.
 *
 * <pre>
 * STATE/lock               held by the one daemon that works here
 * STATE/run/ID/            one directory per VM, ID its short id
 * STATE/run/ID/process.json  boot id, pid, start ticks, socket, backend, generation, outputs;
 *                          a line with pid 0 from before the start, a whole one after it
 * STATE/console-files/     which console files were made by the daemon
 * </pre>
 *
 * <p>Invariants: no VMM runs that the next daemon would not find, by its whole record or by one
 * without a pid, which has {@code LostLaunch} look for the process; a process is known by boot id,
 * pid and start ticks, and signalled through a descriptor taken before these were compared, or
 * while it could not be reaped; a zombie is dead, and one of ours is reaped at once; closing the
 * host leaves every VMM alone.
 *
 * <p>Threads: methods block and may be called on any thread. Foreign calls run on four platform
 * threads alone: {@code vmm-native} (short calls), {@code vmm-spawn} (starts programs), {@code
 * vmm-exit-watch} (waits for exits) and {@code vmm-output-bounds}; the state directory's lock is
 * taken on the thread that opens it. Depends on core's ports and model; knows no backend.
 */
@NullMarked
package com.unkey.vmcp.supervision;

import org.jspecify.annotations.NullMarked;
