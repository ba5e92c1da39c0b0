package com.unkey.vmcp.core.vm;

import java.util.regex.Pattern;

/**
 * The daemon's own id of a VM: 10 of {@code a-z 0-9}. Run directories, sockets and VMM ids are
 * named by it, so that no client's text ever becomes part of a path.
 */
public record ShortId(String value) {

    public static final int LENGTH = 10;

    private static final Pattern SHAPE = Pattern.compile("[a-z0-9]{" + LENGTH + "}");

    public ShortId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "short id must be " + LENGTH + " of a-z 0-9: " + value);
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
