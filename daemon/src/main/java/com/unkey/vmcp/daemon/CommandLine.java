package com.unkey.vmcp.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The command line: {@code -socket PATH}, {@code -help}, {@code -version}, as they ever were. */
sealed interface CommandLine {

    String USAGE =
            """
            Usage: vmm-controlplane [-socket PATH] [-help] [-version]

              -socket PATH  Cloud Hypervisor API socket; overrides UNKEY_VMCP_CH_ENDPOINT
              -help         print this and exit
              -version      print the version and exit

            Everything else is set by UNKEY_VMCP_* variables; the README lists them.
            """;

    /** Serve, with the environment that the flags make of the given one. */
    record Serve(Map<String, String> environment) implements CommandLine {}

    /** Print something and exit. */
    record Print(String text) implements CommandLine {}

    /** The command line is wrong. */
    record Wrong(String message) implements CommandLine {}

    static CommandLine parse(List<String> arguments, Map<String, String> environment) {
        Map<String, String> result = new HashMap<>(environment);
        for (int i = 0; i < arguments.size(); i++) {
            String flag = arguments.get(i);
            switch (name(flag)) {
                case "help", "h" -> {
                    return new Print(USAGE);
                }
                case "version" -> {
                    return new Print("vmm-controlplane " + Version.current() + "\n");
                }
                case "socket" -> {
                    Optional<String> path = value(arguments, i);
                    if (path.isEmpty()) {
                        return new Wrong("flag needs an argument: -socket");
                    }
                    result.put(Variables.PREFIX + "CH_ENDPOINT", path.get());
                    i += flag.contains("=") ? 0 : 1;
                }
                default -> {
                    return new Wrong("flag provided but not defined: " + flag);
                }
            }
        }
        return new Serve(Map.copyOf(result));
    }

    private static String name(String flag) {
        String bare = flag.startsWith("--") ? flag.substring(2) : flag.replaceFirst("^-", "");
        return flag.startsWith("-") ? bare.replaceFirst("=.*", "") : "";
    }

    private static Optional<String> value(List<String> arguments, int at) {
        int equals = arguments.get(at).indexOf('=');
        Optional<String> value =
                equals >= 0
                        ? Optional.of(arguments.get(at).substring(equals + 1))
                        : Optional.of(at + 1).filter(n -> n < arguments.size()).map(arguments::get);
        return value.filter(path -> !path.isEmpty());
    }
}
