package com.unkey.vmcp.connect;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What a {@link ConnectService} is to keep to.
 *
 * @param handlers runs decoding, interceptors and methods; a virtual thread for each task suits
 * @param maxMessageBytes largest request message; above 0
 * @param bodyTimeout how long a request body may take to arrive
 */
public record ConnectOptions(
        Executor handlers, int maxMessageBytes, Duration bodyTimeout, FieldNames fieldNames) {

    public ConnectOptions {
        if (maxMessageBytes <= 0) {
            throw new IllegalArgumentException(
                    "maxMessageBytes must be above 0: " + maxMessageBytes);
        }
        if (!bodyTimeout.isPositive()) {
            throw new IllegalArgumentException("bodyTimeout must be above 0: " + bodyTimeout);
        }
    }
}
