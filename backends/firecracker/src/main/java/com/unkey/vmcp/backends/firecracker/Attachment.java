package com.unkey.vmcp.backends.firecracker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a VM is in a Firecracker that somebody else started.
 *
 * @param endpoint socket of that Firecracker
 * @param config as the VM was told to it, or found in it
 * @param found whether somebody else made the VM
 * @param counted whether Firecracker writes what the VM uses to a file of ours
 */
record Attachment(Path endpoint, FullConfig config, boolean found, boolean counted) {

    private static final String ENDPOINT = "endpoint";
    private static final String CONFIG = "config";
    private static final String FOUND = "found";
    private static final String COUNTED = "counted";

    /** A VM that is about to be made. */
    static Attachment making(Path endpoint, FullConfig config) {
        return new Attachment(endpoint, config, false, false);
    }

    /** A VM that somebody else made. */
    static Attachment found(Path endpoint, FullConfig config) {
        return new Attachment(endpoint, config, true, false);
    }

    /** The same whose use is written to a file of ours. */
    Attachment withCounters() {
        return new Attachment(endpoint, config, found, true);
    }

    /** Empty where the note is of a VM with processes of its own. */
    static Optional<Attachment> read(Map<String, String> note) {
        return Optional.ofNullable(note.get(ENDPOINT))
                .map(
                        endpoint ->
                                new Attachment(
                                        Path.of(endpoint),
                                        FullConfig.parse(note.getOrDefault(CONFIG, "{}")),
                                        note.containsKey(FOUND),
                                        note.containsKey(COUNTED)));
    }

    void writeTo(Map<String, String> note) {
        note.put(ENDPOINT, endpoint.toString());
        note.put(CONFIG, config.toString());
        if (found) {
            note.put(FOUND, "yes");
        }
        if (counted) {
            note.put(COUNTED, "yes");
        }
    }
}
