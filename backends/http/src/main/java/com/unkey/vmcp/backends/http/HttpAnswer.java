package com.unkey.vmcp.backends.http;

/**
 * What a VMM answered.
 *
 * @param status 200 to 599
 * @param body empty where there is none; what is not UTF-8 in it is replaced
 */
public record HttpAnswer(int status, String body) {

    /** Whether the VMM did what it was asked. */
    public boolean ok() {
        return status >= 200 && status < 300;
    }
}
