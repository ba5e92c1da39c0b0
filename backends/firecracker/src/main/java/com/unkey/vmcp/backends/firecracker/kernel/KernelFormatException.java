package com.unkey.vmcp.backends.firecracker.kernel;

import java.io.IOException;

/** Says of a kernel's content why it cannot be booted. */
final class KernelFormatException extends IOException {

    private final String reason;

    /**
     * @param reason goes on from "the kernel", as in "is empty"
     */
    KernelFormatException(String reason) {
        super(reason);
        this.reason = reason;
    }

    KernelFormatException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
