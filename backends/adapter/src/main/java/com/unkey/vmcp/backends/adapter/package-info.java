/**
 * What every backend does alike, whatever VMM it drives. An adapter picks what it needs:
 *
 * <ul>
 *   <li>before a launch: {@link com.unkey.vmcp.backends.adapter.VmmBinary} finds the program,
 *       {@link com.unkey.vmcp.backends.adapter.KnownVersions} judges its version, {@link
 *       com.unkey.vmcp.backends.adapter.Options} and {@link
 *       com.unkey.vmcp.backends.adapter.Refusals} tell what cannot be had, {@link
 *       com.unkey.vmcp.backends.adapter.Declaration} what can, {@link
 *       com.unkey.vmcp.backends.adapter.Declaration} what can, {@link
 *       com.unkey.vmcp.backends.adapter.EarlierLaunch} clears a run directory;
 *   <li>from spec to VMM: {@link com.unkey.vmcp.backends.adapter.KernelCommandLine}, {@link
 *       com.unkey.vmcp.backends.adapter.GuestDisks}, {@link
 *       com.unkey.vmcp.backends.adapter.GuestConsole};
 *   <li>while it lives: {@link com.unkey.vmcp.backends.adapter.Startup} waits for it, {@link
 *       com.unkey.vmcp.backends.adapter.Notebooks} remember it, {@link
 *       com.unkey.vmcp.backends.adapter.ProcessEnd} watches and ends it, and {@link
 *       com.unkey.vmcp.backends.adapter.LastWords} tells why it ended;
 *   <li>where somebody else started it: {@link com.unkey.vmcp.backends.adapter.Endpoints} tell
 *       where it is and whose, and a {@link com.unkey.vmcp.backends.adapter.StateWatch} sees what
 *       others do to it.
 * </ul>
 *
 * <p>Everything blocks with a deadline and runs on the caller's thread. Depends on core alone: it
 * knows no VMM, no adapter and no supervision.
 */
@NullMarked
package com.unkey.vmcp.backends.adapter;

import org.jspecify.annotations.NullMarked;
