package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads a map of a client's options, each by its name, and remembers what cannot be honoured: an
 * option with a value that is not understood, and every option that nobody has read. Command line
 * and refusal come from the same reading, so none is ever accepted and not used. For one thread.
 */
public final class Options {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private final String title;
    private final String field;
    private final Map<String, String> values;
    private final Set<String> read = new HashSet<>();
    private final List<Violation> wrong = new ArrayList<>();

    /**
     * @param title of the backend, for messages
     * @param field path of the map in the request
     */
    public Options(String title, String field, Map<String, String> values) {
        this.title = title;
        this.field = field;
        this.values = values;
    }

    /** Accepts an option that others see to. */
    public void settledElsewhere(String name) {
        read.add(name);
    }

    /** On or off; empty where it is not given. */
    public Optional<Boolean> flag(String name) {
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
    public Optional<String> choice(String name, List<String> accepted) {
        Optional<String> given = value(name);
        if (given.isPresent() && !accepted.contains(given.get())) {
            add(name, "must be " + String.join(" or ", accepted));
            return Optional.empty();
        }
        return given;
    }

    /** A whole number from {@code least} to {@code most}. */
    public OptionalInt number(String name, int least, int most) {
        OptionalLong number = number(name, (long) least, (long) most);
        return number.isPresent()
                ? OptionalInt.of(Math.toIntExact(number.getAsLong()))
                : OptionalInt.empty();
    }

    /** A whole number of 18 digits at the most, from {@code least} to {@code most}. */
    public OptionalLong number(String name, long least, long most) {
        Optional<String> given = value(name);
        if (given.isEmpty()) {
            return OptionalLong.empty();
        }
        if (DIGITS.matcher(given.get()).matches()) {
            long number = Long.parseLong(given.get());
            if (number >= least && number <= most) {
                return OptionalLong.of(number);
            }
        }
        add(name, "must be %d to %d".formatted(least, most));
        return OptionalLong.empty();
    }

    /** A text of the given shape. */
    public Optional<String> text(String name, Pattern shape, String rule) {
        Optional<String> given = value(name);
        if (given.isPresent() && !shape.matcher(given.get()).matches()) {
            add(name, "must be " + rule);
            return Optional.empty();
        }
        return given;
    }

    /** Names that were given, in alphabetical order. */
    public Set<String> names() {
        return new TreeSet<>(values.keySet());
    }

    /** Notes that an option cannot be had. */
    public void refuse(String name, String why) {
        add(name, why);
    }

    /** All that cannot be honoured, options that were never read included. */
    public List<Violation> violations() {
        List<Violation> all = new ArrayList<>(wrong);
        for (String name : names()) {
            if (!read.contains(name)) {
                all.add(
                        new Violation(
                                field + "." + name,
                                "is not an option of the %s backend".formatted(title)));
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
