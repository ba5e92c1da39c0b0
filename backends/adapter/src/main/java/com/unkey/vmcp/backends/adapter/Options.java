package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads a map of a client's options, each by its name, and remembers what cannot be honoured: an
 * option with a value that is not understood, and every option that nobody has read. Command line,
 * refusal and what the backend tells of itself come from the same reading, so none is ever accepted
 * and not used, nor told and not accepted. A reader asks for every option, given or not. For one
 * thread.
 */
public final class Options {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private final String title;
    private final String field;
    private final Map<String, String> values;
    private final Map<String, OptionValues> read = new LinkedHashMap<>();
    private final Map<String, Set<String>> conditions = new HashMap<>();
    private final Map<String, Violation> wrong = new LinkedHashMap<>();

    /**
     * @param title of the backend, for messages
     * @param field path of the map in the request
     */
    public Options(String title, String field, Map<String, String> values) {
        this.title = title;
        this.field = field;
        this.values = values;
    }

    /** What a reader understands, in the order in which it asks for it. */
    public static List<Option> understoodBy(OptionMap map, Consumer<Options> reader) {
        Options nothing = new Options("", map.path(), Map.of());
        reader.accept(nothing);
        List<Option> options = new ArrayList<>();
        nothing.read.forEach(
                (name, values) ->
                        options.add(
                                new Option(
                                        map,
                                        name,
                                        values,
                                        List.copyOf(
                                                nothing.conditions.getOrDefault(name, Set.of())))));
        return options;
    }

    /**
     * Accepts an option that others see to.
     *
     * @param values what they take
     */
    public void settledElsewhere(String name, OptionValues values) {
        read.put(name, values);
    }

    /** Tells of names beyond those that are asked for one by one; which, {@code rule} says. */
    public void openTo(OptionValues values, String rule) {
        read.put("", values);
        condition("", rule);
    }

    /** On or off; empty where it is not given. */
    public Optional<Boolean> flag(String name) {
        Optional<String> given = value(name, new OptionValues.Flag());
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
        Optional<String> given = value(name, new OptionValues.Choice(accepted));
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
        Optional<String> given = value(name, new OptionValues.Range(least, most));
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
        Optional<String> given = value(name, new OptionValues.Text(rule));
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

    /**
     * Notes that an option cannot be had where that is so; and in any case that there is such a
     * condition.
     *
     * @param condition what must hold, as a sentence without subject
     */
    public void refuseIf(boolean wrongHere, String name, String condition) {
        condition(name, condition);
        if (wrongHere && !wrong.containsKey(name)) {
            add(name, condition);
        }
    }

    /** Whether the option is given at all, whatever its value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** All that cannot be honoured, options that were never read included. */
    public List<Violation> violations() {
        List<Violation> all = new ArrayList<>(wrong.values());
        for (String name : names()) {
            boolean understood = !name.isEmpty() && read.containsKey(name);
            if (!understood && !wrong.containsKey(name)) {
                all.add(
                        new Violation(
                                field + "." + name,
                                "is not an option of the %s backend".formatted(title)));
            }
        }
        return all;
    }

    private void condition(String name, String condition) {
        conditions.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(condition);
    }

    private Optional<String> value(String name, OptionValues accepted) {
        read.put(name, accepted);
        return Optional.ofNullable(values.get(name));
    }

    private void add(String name, String rule) {
        wrong.put(
                name,
                new Violation(
                        field + "." + name,
                        "%s, got \"%s\"".formatted(rule, values.getOrDefault(name, ""))));
    }
}
