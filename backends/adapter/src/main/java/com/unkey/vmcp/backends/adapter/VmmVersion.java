package com.unkey.vmcp.backends.adapter;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Version of a VMM: 53.0, or 1.16 of what tells 1.16.1. */
public record VmmVersion(int major, int minor) implements Comparable<VmmVersion> {

    private static final Pattern NUMBERS = Pattern.compile("v?([0-9]{1,6})\\.([0-9]{1,6})");

    /** Reads what a VMM tells of itself; empty where it is no version. */
    public static Optional<VmmVersion> read(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.lookingAt()) {
            return Optional.empty();
        }
        return Optional.of(
                new VmmVersion(
                        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
    }

    @Override
    public int compareTo(VmmVersion other) {
        return Comparator.comparingInt(VmmVersion::major)
                .thenComparingInt(VmmVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
