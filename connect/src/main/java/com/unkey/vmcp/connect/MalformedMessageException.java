package com.unkey.vmcp.connect;

/** A request message that cannot be read; the message tells the caller what and where. */
final class MalformedMessageException extends Exception {

    MalformedMessageException(String message) {
        super(message);
    }

    MalformedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
