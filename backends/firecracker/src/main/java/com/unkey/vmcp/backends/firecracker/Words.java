package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.core.port.LaunchPlan;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process said, in its log and on its standard error. */
final class Words {

    /** {@code 2026-01-31T10:00:00.123456789 [id:thread:LEVEL] text}. */
    private static final Pattern LOGGED =
            Pattern.compile("\\S+ \\[[^\\]]*?(ERROR|WARN|INFO|DEBUG|TRACE)[^\\]]*\\] (.*)");

    private final LastWords log;
    private final LastWords errors;

    private final Place place;

    Words(LaunchPlan plan, RunFiles files, Place place) {
        this.place = place;
        this.log =
                new LastWords(
                        Firecracker.PROGRAM,
                        place.log(),
                        files.directory(),
                        plan,
                        line -> place.outside().apply(trouble(line)));
        this.errors = new LastWords(Firecracker.PROGRAM, files.errors(), files.directory(), plan);
    }

    /** Firecracker logs each call that it is asked; that is nothing to tell. */
    private static String trouble(String line) {
        Matcher logged = LOGGED.matcher(line);
        if (!logged.matches()) {
            return line;
        }
        return logged.group(1).equals("ERROR") ? logged.group(2) : "";
    }

    /** What Firecracker says in another way, with the paths that a client may see. */
    String fit(String words) {
        return log.fit(place.outside().apply(words));
    }

    /** {@code text}, and what the process said last where it said anything. */
    String after(String text) {
        String logged = log.after(text);
        String said = errors.read();
        return said.isEmpty() ? logged : logged + (logged.equals(text) ? ": " : "; ") + said;
    }
}
