package com.unkey.vmcp.backends.adapter.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads environment variables, remembers which were asked for and collects what is wrong with them,
 * so that an operator is told of everything at once. Names are given without {@link #PREFIX}. An
 * empty variable counts as absent; one with a wrong value is noted and then counts as absent too.
 * For one thread.
 */
public final class Variables {

    /** What the names of all our variables begin with. */
    public static final String PREFIX = "UNKEY_VMCP_";

    private static final Set<String> TRUE = Set.of("1", "t", "true");
    private static final Set<String> FALSE = Set.of("0", "f", "false");
    private static final Pattern COLON = Pattern.compile(":");

    private final Map<String, String> environment;
    private final Set<String> asked = new TreeSet<>();
    private final List<String> errors = new ArrayList<>();

    public Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Those in {@code set}, which are named without the prefix, as by tests. */
    public static Variables of(Map<String, String> set) {
        return new Variables(
                set.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        each -> PREFIX + each.getKey(), Map.Entry::getValue)));
    }

    /** What was wrong so far, a sentence for each variable. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Variables that were asked for, prefix included, in alphabetical order. */
    public Set<String> asked() {
        return Collections.unmodifiableSet(asked);
    }

    /** Variables with our prefix that are set and that nothing asked for. */
    public List<String> unknown() {
        return environment.keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && !asked.contains(name))
                .sorted()
                .toList();
    }

    /** The value as it is. */
    public Optional<String> text(String name) {
        String variable = PREFIX + name;
        asked.add(variable);
        return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isEmpty());
    }

    /** 1, t or true; 0, f or false; in any case. */
    public boolean flag(String name, boolean otherwise) {
        return text(name)
                .map(value -> value.toLowerCase(Locale.ROOT))
                .map(
                        value -> {
                            if (!TRUE.contains(value) && !FALSE.contains(value)) {
                                refuse(name, "accepted: true or false");
                            }
                            return TRUE.contains(value);
                        })
                .orElse(otherwise);
    }

    /** A whole number, both bounds included. */
    public long number(String name, long least, long most, long otherwise) {
        String accepted = "a whole number from " + least + " to " + most;
        return parsed(
                        name,
                        accepted,
                        value -> {
                            long number = Long.parseLong(value);
                            if (number < least || number > most) {
                                throw new IllegalArgumentException("out of range");
                            }
                            return number;
                        })
                .orElse(otherwise);
    }

    /** Checks a number from 0.0 to 1.0. */
    public void fraction(String name) {
        parsed(
                name,
                "a number from 0.0 to 1.0",
                value -> {
                    double number = Double.parseDouble(value);
                    if (!(number >= 0 && number <= 1)) {
                        throw new IllegalArgumentException("out of range");
                    }
                    return number;
                });
    }

    /** Checks a {@code host:port}. */
    public void hostAndPort(String name) {
        parsed(
                name,
                "host:port",
                value -> {
                    int colon = value.lastIndexOf(':');
                    int port = Integer.parseInt(value.substring(colon + 1));
                    if (colon < 1 || port < 1 || port > 65_535) {
                        throw new IllegalArgumentException("no host:port");
                    }
                    return value;
                });
    }

    /** An absolute path, normalized; nothing need be there. */
    public Optional<Path> path(String name) {
        return parsed(name, "an absolute path", Variables::absolute);
    }

    /** Absolute paths with colons between them. */
    public List<Path> paths(String name, List<Path> otherwise) {
        return parsed(
                        name,
                        "absolute paths with colons between them",
                        value -> COLON.splitAsStream(value).map(Variables::absolute).toList())
                .orElse(otherwise);
    }

    /** A unix socket, as a path or as a {@code unix://} address. */
    public Optional<Path> socket(String name) {
        return parsed(
                name,
                "unix:///path/of/socket",
                value -> absolute(value.startsWith("unix://") ? value.substring(7) : value));
    }

    /** An IP address, or a name that resolves to one. */
    public InetAddress address(String name, String otherwise) {
        return parsed(name, "an IP address or a name of this host", Variables::resolve)
                .orElseGet(() -> resolve(otherwise));
    }

    /**
     * A value of any other kind.
     *
     * @param accepted what is, for the message
     * @param parser throws {@link IllegalArgumentException} for anything else
     */
    public <T> Optional<T> parsed(String name, String accepted, Function<String, T> parser) {
        Optional<String> value = text(name);
        try {
            return value.map(parser);
        } catch (IllegalArgumentException e) {
            refuse(name, "accepted: " + accepted);
            return Optional.empty();
        }
    }

    /** Notes a mistake that no single value shows, in a sentence that names the variables. */
    public void error(String message) {
        errors.add(message);
    }

    /**
     * Notes a value that parses and cannot be had all the same.
     *
     * @param why as a phrase that goes on after the value
     */
    public void refuse(String name, String why) {
        errors.add("%s%s: got \"%s\", %s".formatted(PREFIX, name, text(name).orElse(""), why));
    }

    private static Path absolute(String value) {
        Path path = Path.of(value);
        if (!path.isAbsolute()) {
            throw new InvalidPathException(value, "not absolute");
        }
        return path.normalize();
    }

    private static InetAddress resolve(String value) {
        try {
            return InetAddress.getByName(value);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no such host: " + value, e);
        }
    }
}
