package com.unkey.vmcp.backends.http;

/** There is nobody at the socket: no such file, or one that nobody serves any more. */
public final class UnreachableException extends LinkException {

    UnreachableException(String message, Throwable cause) {
        super(message, false, cause);
    }
}
