package com.unkey.vmcp.core.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A kernel command line as the client gave it, and what is added to it. Nothing given is ever
 * rewritten.
 */
public final class KernelArguments {

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private final String given;
    private final List<String> added = new ArrayList<>();

    private KernelArguments(String given) {
        this.given = given;
    }

    /** Begins with the client's arguments, or with {@code fallback} where there are none. */
    public static KernelArguments of(String given, String fallback) {
        return new KernelArguments(given.isBlank() ? fallback : given);
    }

    /** Adds {@code name=value} and what follows it, unless the name is there. */
    public KernelArguments addIfAbsent(String name, String value) {
        if (!has(name)) {
            added.add(name + "=" + value);
        }
        return this;
    }

    /** Whether an argument {@code name=…} is there. */
    public boolean has(String name) {
        return BLANKS.splitAsStream(given).anyMatch(word -> word.startsWith(name + "="));
    }

    @Override
    public String toString() {
        return added.isEmpty() ? given : given + " " + String.join(" ", added);
    }
}
