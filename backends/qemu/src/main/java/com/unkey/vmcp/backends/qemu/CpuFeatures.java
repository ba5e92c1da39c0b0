package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.core.port.OptionValues;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * CPU features to switch on or off, by the names QEMU has for them. {@code enforce} makes QEMU
 * refuse to start where it cannot give one, instead of going on without it.
 */
record CpuFeatures(Map<String, Boolean> wanted) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");

    /**
     * @param known names that QEMU knows; empty where that is not known
     */
    static CpuFeatures read(Options options, Set<String> known) {
        options.openTo(new OptionValues.Flag(), "any feature that its -cpu knows");
        Map<String, Boolean> wanted = new TreeMap<>();
        for (String name : options.names()) {
            if (!NAME.matcher(name).matches() || !(known.isEmpty() || known.contains(name))) {
                options.refuse(name, "is not a CPU feature that QEMU knows");
            } else {
                options.flag(name).ifPresent(on -> wanted.put(name, on));
            }
        }
        return new CpuFeatures(wanted);
    }

    /** What follows the model in {@code -cpu}. */
    String suffix() {
        if (wanted.isEmpty()) {
            return "";
        }
        StringBuilder flags = new StringBuilder();
        wanted.forEach((name, on) -> flags.append(',').append(name).append(on ? "=on" : "=off"));
        return flags.append(",enforce=on").toString();
    }
}
