/**
 * How a backend brings itself: its name, its variables and how it is opened. Start at {@link
 * com.unkey.vmcp.backends.adapter.config.Backend}; whoever puts a daemon together holds a list of
 * them and knows no more of any.
 *
 * <p>Used once, by the thread that starts the daemon. Depends on core alone.
 */
@NullMarked
package com.unkey.vmcp.backends.adapter.config;

import org.jspecify.annotations.NullMarked;
