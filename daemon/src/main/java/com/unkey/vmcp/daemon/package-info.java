/**
 * The daemon itself: reads the configuration, wires the modules together, starts and stops them in
 * order. Start at {@link com.unkey.vmcp.daemon.Main} and {@link com.unkey.vmcp.daemon.Wiring}.
 *
 * <p>The only package that knows all modules; it holds no logic of VMs.
 */
@NullMarked
package com.unkey.vmcp.daemon;

import org.jspecify.annotations.NullMarked;
