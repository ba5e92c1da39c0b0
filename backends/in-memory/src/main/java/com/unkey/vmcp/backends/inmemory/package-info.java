/**
 * VMs that are no more than objects: the smallest backend there can be, written by following {@code
 * docs/adding-a-backend.md}, and not shipped. Tests give it to a daemon to see what one does with a
 * backend that it has never heard of. Start at {@link
 * com.unkey.vmcp.backends.inmemory.InMemoryBackend}.
 *
 * <p>Unlike the testkit's fake, which does and fails as a test commands and on which the control
 * plane itself is tested, its guests live by their own lights, and it comes into a daemon by the
 * front door. Safe on every thread. Knows core and what all backends share.
 */
@NullMarked
package com.unkey.vmcp.backends.inmemory;

import org.jspecify.annotations.NullMarked;
