package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.vm.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads a map of a client's options, each by its name, and remembers what cannot be honoured: an
 * option with a value that is not understood, and every option that nobody has read. Command line
 * and refusal come from the same reading, so none is ever accepted and not used. For one thread.
 */
final class Options {

    private final String field;
    private final Map<String, String> values;
    private final Set<String> read = new HashSet<>();
    private final List<Violation> wrong = new ArrayList<>();

    /**
     * @param field path of the map in the request
     */
    Options(String field, Map<String, String> values) {
        this.field = field;
        this.values = values;
    }

    /** Accepts an option that others see to. */
    void settledElsewhere(String name) {
        read.add(name);
    }

    /** On or off; empty where it is not given. */
    Optional<Boolean> flag(String name) {
        Optional<String> given = value(name);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        return switch (given.get()) {
            case "on", "true" -> Optional.of(true);
            case "off", "false" -> Optional.of(false);
            default -> {
                add(name, "must be on, true, off or false");
                yield Optional.empty();
            }
        };
    }

    /** One of {@code accepted}. */
    Optional<String> choice(String name, List<String> accepted) {
        Optional<String> given = value(name);
        if (given.isPresent() && !accepted.contains(given.get())) {
            add(name, "must be " + String.join(" or ", accepted));
            return Optional.empty();
        }
        return given;
    }

    /** A whole number from {@code least} to {@code most}. */
    OptionalInt number(String name, int least, int most) {
        Optional<String> given = value(name);
        if (given.isEmpty()) {
            return OptionalInt.empty();
        }
        if (given.get().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(given.get());
            if (number >= least && number <= most) {
                return OptionalInt.of(number);
            }
        }
        add(name, "must be %d to %d".formatted(least, most));
        return OptionalInt.empty();
    }

    /** A text of the given shape. */
    Optional<String> text(String name, Pattern shape, String rule) {
        Optional<String> given = value(name);
        if (given.isPresent() && !shape.matcher(given.get()).matches()) {
            add(name, "must be " + rule);
            return Optional.empty();
        }
        return given;
    }

    /** Names that were given, in alphabetical order. */
    Set<String> names() {
        return new TreeSet<>(values.keySet());
    }

    /** Notes that an option cannot be had. */
    void refuse(String name, String why) {
        add(name, why);
    }

    /** All that cannot be honoured, options that were never read included. */
    List<Violation> violations() {
        List<Violation> all = new ArrayList<>(wrong);
        for (String name : names()) {
            if (!read.contains(name)) {
                all.add(new Violation(field + "." + name, "is not an option of the QEMU backend"));
            }
        }
        return all;
    }

    private Optional<String> value(String name) {
        read.add(name);
        return Optional.ofNullable(values.get(name));
    }

    private void add(String name, String rule) {
        read.add(name);
        wrong.add(
                new Violation(
                        field + "." + name,
                        "%s, got \"%s\"".formatted(rule, values.getOrDefault(name, ""))));
    }
}
