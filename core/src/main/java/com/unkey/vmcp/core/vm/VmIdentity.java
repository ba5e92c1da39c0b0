package com.unkey.vmcp.core.vm;

import java.time.Instant;

/**
 * What never changes about a VM.
 *
 * @param sequence place in the order of creation; a counter that is never used twice
 */
public record VmIdentity(
        VmId id, ShortId shortId, long sequence, BackendName backend, Instant created) {}
