package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.adapter.config.Flag;
import com.unkey.vmcp.backends.adapter.config.Variables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The command line: {@code -help}, {@code -version}, and the flags that backends have. */
sealed interface CommandLine {

    /** Serve, with the environment that the flags make of the given one. */
    record Serve(Map<String, String> environment) implements CommandLine {}

    /** Print something and exit. */
    record Print(String text) implements CommandLine {}

    /** The command line is wrong; the message ends with the usage. */
    record Wrong(String message) implements CommandLine {}

    static CommandLine parse(
            List<String> arguments, Map<String, String> environment, List<Flag> flags) {
        Map<String, String> result = new HashMap<>(environment);
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String name = name(argument);
            switch (name) {
                case "help", "h" -> {
                    return new Print(usage(flags));
                }
                case "version" -> {
                    return new Print("vmm-controlplane " + Version.current() + "\n");
                }
                default -> {
                    Optional<Flag> flag = flags.stream().filter(named(name)).findFirst();
                    if (flag.isEmpty()) {
                        return wrong("flag provided but not defined: " + argument, flags);
                    }
                    Optional<String> value = value(arguments, i);
                    if (value.isEmpty()) {
                        return wrong("flag needs an argument: -" + name, flags);
                    }
                    result.put(Variables.PREFIX + flag.get().variable(), value.get());
                    i += argument.contains("=") ? 0 : 1;
                }
            }
        }
        return new Serve(Map.copyOf(result));
    }

    private static Wrong wrong(String message, List<Flag> flags) {
        return new Wrong(message + "\n" + usage(flags));
    }

    private static String usage(List<Flag> flags) {
        return """
               Usage: vmm-controlplane %s[-help] [-version]

               %s%s%s
               Everything else is set by UNKEY_VMCP_* variables; the README lists them.
               """
                .formatted(
                        flags.stream()
                                .map(flag -> "[%s] ".formatted(spelled(flag)))
                                .collect(Collectors.joining()),
                        flags.stream().map(CommandLine::line).collect(Collectors.joining()),
                        line("-help", "print this and exit"),
                        line("-version", "print the version and exit"));
    }

    private static String line(Flag flag) {
        return line(
                spelled(flag),
                "%s; overrides %s%s".formatted(flag.meaning(), Variables.PREFIX, flag.variable()));
    }

    private static String line(String spelled, String meaning) {
        return "  %-12s  %s%n".formatted(spelled, meaning);
    }

    private static String spelled(Flag flag) {
        return "-%s %s".formatted(flag.name(), flag.argument());
    }

    private static String name(String argument) {
        String bare =
                argument.startsWith("--") ? argument.substring(2) : argument.replaceFirst("^-", "");
        return argument.startsWith("-") ? bare.replaceFirst("=.*", "") : "";
    }

    private static Predicate<Flag> named(String name) {
        return flag -> flag.name().equals(name);
    }

    private static Optional<String> value(List<String> arguments, int at) {
        int equals = arguments.get(at).indexOf('=');
        Optional<String> value =
                equals >= 0
                        ? Optional.of(arguments.get(at).substring(equals + 1))
                        : Optional.of(at + 1).filter(n -> n < arguments.size()).map(arguments::get);
        return value.filter(given -> !given.isEmpty());
    }
}
