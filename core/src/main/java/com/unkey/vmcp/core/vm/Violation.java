package com.unkey.vmcp.core.vm;

/**
 * One thing that is wrong with a request.
 *
 * @param field path of the field in the request, {@code config.cpu.vcpu_count} for one
 * @param message what was found and what is accepted
 */
public record Violation(String field, String message) {

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
