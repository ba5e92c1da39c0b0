package com.unkey.vmcp.core.vm;

import java.util.regex.Pattern;

/**
 * The name by which clients know a VM: 1 to 64 of {@code A-Z a-z 0-9 . _ -}, the first a letter or
 * digit. Paths and VMM ids are never built from it; {@link ShortId} serves for those.
 */
public record VmId(String value) {

    public static final String RULE =
            "1 to 64 of A-Z a-z 0-9 . _ - beginning with a letter or digit";

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public VmId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("vm_id must be " + RULE + ", got: " + value);
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
