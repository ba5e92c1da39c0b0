package com.unkey.vmcp.core.port;

import java.util.List;

/** The values that an option takes. */
public sealed interface OptionValues {

    /** {@code on} or {@code true}, {@code off} or {@code false}. */
    record Flag() implements OptionValues {}

    /** One of these. */
    record Choice(List<String> accepted) implements OptionValues {

        public Choice {
            accepted = List.copyOf(accepted);
        }
    }

    /** A whole number from {@code least} to {@code most}, both included. */
    record Range(long least, long most) implements OptionValues {}

    /** A text; {@code rule} says in words what it looks like. */
    record Text(String rule) implements OptionValues {}
}
