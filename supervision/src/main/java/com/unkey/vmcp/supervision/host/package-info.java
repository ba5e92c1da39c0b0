/**
 * Holds what a client asks for against this host: files, disk images, memory, console outputs.
 * Start at {@link com.unkey.vmcp.supervision.host.LinuxHostInspector}.
 *
 * <p>Methods block on the file system and may be called on any thread. Nothing is changed but
 * console files and the notes on them. Depends on core's ports and model, and on {@code
 * supervision} for the state directory and its ways with files.
 */
@NullMarked
package com.unkey.vmcp.supervision.host;

import org.jspecify.annotations.NullMarked;
