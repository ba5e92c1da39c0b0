package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.NoteFile;
import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a later daemon must know of a launch and cannot ask the VMM.
 *
 * @param version of the VMM
 * @param endpoint socket of somebody else's VMM that the VM lives in; empty where it has its own
 * @param found whether the VM was found in that VMM, and not made by us
 * @param config what {@code vm.create} was told
 * @param terminal pseudo-terminal of the guest's serial port
 * @param ran whether the vCPUs have ever run
 * @param before what the guest used before its last reboot, all reboots since its boot together
 * @param last what the counters stood at when that was reckoned
 */
record LaunchNote(
        String version,
        Optional<Path> endpoint,
        boolean found,
        ObjectNode config,
        Optional<Path> terminal,
        boolean ran,
        Usage before,
        Usage last) {

    static final Notebook.Format<LaunchNote> FORMAT =
            new Notebook.Format<>() {
                @Override
                public Optional<LaunchNote> load(Path file) {
                    return LaunchNote.load(file);
                }

                @Override
                public void save(LaunchNote note, Path file) {
                    note.save(file);
                }
            };

    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final String VERSION = "version";
    private static final String ENDPOINT = "endpoint";
    private static final String FOUND = "found";
    private static final String CONFIG = "config";
    private static final String TERMINAL = "terminal";
    private static final String RAN = "ran";
    private static final String BEFORE = "used-before";
    private static final String LAST = "counters";

    /** The note of a VM that has not been booted. */
    static LaunchNote of(String version, Optional<Path> endpoint, ObjectNode config) {
        return fresh(version, endpoint, false, config);
    }

    /** The note of a VM that was found in somebody else's VMM. */
    static LaunchNote found(String version, Path endpoint, ObjectNode config) {
        return fresh(version, Optional.of(endpoint), true, config);
    }

    private static LaunchNote fresh(
            String version, Optional<Path> endpoint, boolean found, ObjectNode config) {
        return new LaunchNote(
                version, endpoint, found, config, Optional.empty(), false, Usage.ZERO, Usage.ZERO);
    }

    /** Whether the guest's serial port is a pseudo-terminal. */
    boolean hasTerminal() {
        return ConsoleKind.isTerminal(config.path("serial"));
    }

    /** The configuration for {@code vm.create}; the name of a terminal is the VMM's to give. */
    ObjectNode asNew() {
        ObjectNode fresh = config.deepCopy();
        if (hasTerminal() && fresh.path("serial") instanceof ObjectNode serial) {
            serial.remove("file");
        }
        return fresh;
    }

    /** Where somebody can find what the guest says; empty where the run directory says it. */
    Optional<String> consolePath() {
        JsonNode serial = config.path("serial");
        if (hasTerminal()) {
            return terminal.map(Path::toString);
        }
        return Optional.of(serial.path("file").asString(serial.path("socket").asString("")))
                .filter(path -> !path.isEmpty());
    }

    LaunchNote withTerminal(Optional<Path> given) {
        return new LaunchNote(version, endpoint, found, config, given, ran, before, last);
    }

    /** The vCPUs run, and what they use counts from 0. */
    LaunchNote booted() {
        return new LaunchNote(
                version, endpoint, found, config, terminal, true, Usage.ZERO, Usage.ZERO);
    }

    LaunchNote withUsage(Usage reckonedBefore, Usage reckonedLast) {
        return new LaunchNote(
                version, endpoint, found, config, terminal, ran, reckonedBefore, reckonedLast);
    }

    /**
     * Empty where there is none.
     *
     * @throws VmException unavailable where it cannot be read or makes no sense
     */
    static Optional<LaunchNote> load(Path file) {
        try {
            return new NoteFile(file).load().map(LaunchNote::parse);
        } catch (JacksonException | ClassCastException e) {
            throw NoteFile.unreadable(e);
        }
    }

    private static LaunchNote parse(Map<String, String> note) {
        return new LaunchNote(
                note.getOrDefault(VERSION, ""),
                path(note, ENDPOINT),
                note.containsKey(FOUND),
                (ObjectNode) json(note, CONFIG),
                path(note, TERMINAL),
                note.containsKey(RAN),
                Usage.of(json(note, BEFORE)),
                Usage.of(json(note, LAST)));
    }

    private static Optional<Path> path(Map<String, String> note, String name) {
        return Optional.ofNullable(note.get(name)).map(Path::of);
    }

    private static JsonNode json(Map<String, String> note, String name) {
        return JSON.readTree(note.getOrDefault(name, "{}"));
    }

    /** Returns when it would survive the daemon. */
    void save(Path file) {
        Map<String, String> note = new LinkedHashMap<>();
        note.put(VERSION, version);
        endpoint.ifPresent(path -> note.put(ENDPOINT, path.toString()));
        terminal.ifPresent(path -> note.put(TERMINAL, path.toString()));
        if (found) {
            note.put(FOUND, "yes");
        }
        if (ran) {
            note.put(RAN, "yes");
        }
        note.put(CONFIG, JSON.writeValueAsString(config));
        note.put(BEFORE, JSON.writeValueAsString(before.json()));
        note.put(LAST, JSON.writeValueAsString(last.json()));
        new NoteFile(file).save(note);
    }
}
