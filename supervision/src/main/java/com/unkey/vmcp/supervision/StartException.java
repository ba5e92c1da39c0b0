package com.unkey.vmcp.supervision;

/** Why the daemon cannot start here; the message is for the operator and says what to change. */
public final class StartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
