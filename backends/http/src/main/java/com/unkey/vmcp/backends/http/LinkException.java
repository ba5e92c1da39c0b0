package com.unkey.vmcp.backends.http;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;

/** A call that got no answer: unavailable, and whether the VMM may have carried it out. */
public sealed class LinkException extends VmException permits UnreachableException {

    private final boolean sent;

    LinkException(String message, boolean sent) {
        super(new VmFailure.Unavailable(message));
        this.sent = sent;
    }

    LinkException(String message, boolean sent, Throwable cause) {
        super(new VmFailure.Unavailable(message), cause);
        this.sent = sent;
    }

    /**
     * False where the VMM cannot have got the whole request, so that nothing was done; true where
     * the outcome is unknown.
     */
    public boolean sent() {
        return sent;
    }
}
