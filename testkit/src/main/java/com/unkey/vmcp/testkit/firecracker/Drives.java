package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The drives in the guest's order, each with its file open. */
final class Drives {

    private final UnaryOperator<Path> resolve;
    private final List<Drive> drives = new ArrayList<>();

    private record Drive(ObjectNode config, FileChannel file) {
        private String id() {
            return config.path("drive_id").asString();
        }

        private boolean root() {
            return config.path("is_root_device").asBoolean(false);
        }
    }

    Drives(UnaryOperator<Path> resolve) {
        this.resolve = resolve;
    }

    /** Adds a drive, or puts it in the place of the one of the same id; a root comes first. */
    void insert(ObjectNode config) {
        String id = config.path("drive_id").asString();
        int place = place(id);
        boolean root = config.path("is_root_device").asBoolean(false);
        if (root && hasRoot() && place != 0) {
            throw new Refusal("Drive config error: A root block device already exists!");
        }
        Drive drive = new Drive(config, opened(config));
        if (place >= 0) {
            close(drives.remove(place));
        }
        drives.add(root ? 0 : place >= 0 ? place : drives.size(), drive);
    }

    private FileChannel opened(ObjectNode config) {
        String failure = "Drive config error: Unable to create the virtio block device: ";
        if (config.path("path_on_host").isNull() || !config.path("socket").isNull()) {
            throw new Refusal(failure + "Invalid block config.");
        }
        return open(config, failure);
    }

    private FileChannel open(ObjectNode config, String failure) {
        String path = config.path("path_on_host").asString();
        Set<OpenOption> how = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (!config.path("is_read_only").asBoolean(false)) {
            how.add(StandardOpenOption.WRITE);
        }
        try {
            return FileChannel.open(resolve.apply(Path.of(path)), how);
        } catch (IOException e) {
            throw new Refusal(
                    failure
                            + "Virtio backend error: Error manipulating the backing file: "
                            + SystemError.told(e)
                            + " "
                            + path);
        }
    }

    /** Changes a drive of a guest that runs. */
    void update(ObjectNode change) {
        String failure = "Drive config error: Unable to patch the block device: ";
        String end = " Please verify the request arguments.";
        int place = place(change.path("drive_id").asString());
        if (place < 0) {
            throw new Refusal(failure + "Failed perform action on device: Device not found" + end);
        }
        if (change.size() == 1) {
            throw new Refusal(failure + "Block: Running method expected different backend." + end);
        }
        Drive old = drives.get(place);
        ObjectNode config = old.config.deepCopy();
        config.setAll(change);
        try {
            FileChannel file = open(config, failure + "Block: ");
            close(old);
            drives.set(place, new Drive(config, file));
        } catch (Refusal e) {
            throw new Refusal(e.what() + end);
        }
    }

    private int place(String id) {
        for (int i = 0; i < drives.size(); i++) {
            if (drives.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** The root drive's place is the first. */
    private boolean hasRoot() {
        return !drives.isEmpty() && drives.getFirst().root();
    }

    /** What the root drive adds to the kernel's command line. */
    Optional<String> rootArguments() {
        return hasRoot() ? Optional.of("root=/dev/vda rw") : Optional.empty();
    }

    List<String> ids() {
        return drives.stream().map(Drive::id).toList();
    }

    ArrayNode told() {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        drives.forEach(drive -> all.add(drive.config.deepCopy()));
        return all;
    }

    void close() {
        drives.forEach(Drives::close);
        drives.clear();
    }

    private static void close(Drive drive) {
        try {
            drive.file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a drive's file cannot be closed", e);
        }
    }
}
