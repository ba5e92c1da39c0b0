package com.unkey.vmcp.backends.qemu.accel;

import java.util.List;
import java.util.Optional;

/**
 * What the probe guest has printed so far. Each stage is one line, begun before the stage runs and
 * ended after it, so the last line tells where a guest stands that went no further. The format is
 * described at the top of {@code probe.S}.
 */
record Transcript(List<String> lines) {
    private static final String BANNER = "vmcp-probe 1";

    Transcript {
        lines = List.copyOf(lines);
    }

    static Transcript of(String serialOutput) {
        List<String> lines = serialOutput.lines().map(String::strip).toList();
        int banner = lines.indexOf(BANNER); // firmware may have printed before
        return new Transcript(banner < 0 ? List.of() : lines.subList(banner + 1, lines.size()));
    }

    boolean passed() {
        return !lines.isEmpty() && lines.getLast().equals("done");
    }

    /** The stage that began last, or {@code start} before the first one. */
    String stage() {
        return lines.isEmpty() ? "start" : lines.getLast().split(" ", 2)[0];
    }

    /** The stage's own complaint in words, once its line is complete. */
    Optional<String> failure() {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        String last = lines.getLast();
        int fail = last.indexOf(" fail ");
        boolean complete = fail >= 0 && last.length() == fail + " fail ".length() + 8;
        return complete
                ? Optional.of(explain(last, last.substring(fail + " fail ".length())))
                : Optional.empty();
    }

    private String explain(String line, String code) {
        int exception = line.indexOf(" exception ");
        if (exception >= 0) {
            return "unexpected" + line.substring(exception, line.indexOf(" fail "));
        }
        if (stage().startsWith("speed")) {
            return "a burst of 700 instructions takes %d CPU cycles at best, as if each were emulated"
                    .formatted(Long.parseLong(code, 16));
        }
        return "check " + code + " failed";
    }
}
