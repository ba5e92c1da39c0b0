package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A disk's open image file: its type is looked at when it is opened, its lock taken at the start.
 */
final class DiskImage implements AutoCloseable {

    private final Path path;
    private final boolean readOnly;
    private final FileChannel file;

    private DiskImage(Path path, boolean readOnly, FileChannel file) {
        this.path = path;
        this.readOnly = readOnly;
        this.file = file;
    }

    /**
     * Opens the image that the disk's configuration names and puts the type into it where none was
     * declared.
     *
     * @throws Trouble where it cannot be opened or is of another type than declared
     */
    static DiskImage open(ObjectNode disk, FakeOptions options) {
        Path path = options.resolve(disk.path("path").asString(""));
        boolean readOnly = disk.path("readonly").asBoolean(false);
        try {
            FileChannel file =
                    FileChannel.open(
                            path,
                            readOnly
                                    ? Set.of(StandardOpenOption.READ)
                                    : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
            DiskImage image = new DiskImage(path, readOnly, file);
            image.checkType(disk);
            return image;
        } catch (IOException e) {
            throw Trouble.failed(
                    "Error from device manager",
                    "Cannot open disk path",
                    "I/O error (path=" + path + " op=open)",
                    SystemError.told(e));
        }
    }

    private void checkType(ObjectNode disk) throws IOException {
        String detected = type();
        String declared = disk.path("image_type").asString("Unknown");
        if (declared.equals("Unknown")) {
            disk.put("image_type", detected);
        } else if (!declared.equals(detected)) {
            file.close();
            throw Trouble.failed(
                    "Error from device manager",
                    "Disk image type does not match expected type: specified = %s, detected = %s"
                            .formatted(lower(declared), lower(detected)));
        }
    }

    private String type() throws IOException {
        if (startsWith(0, "QFI\u00fb")) {
            return "Qcow2";
        }
        if (startsWith(0, "vhdxfile")) {
            return "Vhdx";
        }
        boolean footer = file.size() >= 512 && startsWith(file.size() - 512, "conectix");
        return footer ? "FixedVhd" : "Raw";
    }

    private boolean startsWith(long position, String magic) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(magic.length());
        file.read(head, position);
        return new String(head.array(), StandardCharsets.ISO_8859_1).equals(magic);
    }

    private static String lower(String type) {
        return type.toLowerCase(Locale.ROOT);
    }

    /**
     * Takes the advisory lock: alone for a writable disk, shared for a read-only one.
     *
     * @throws Trouble where somebody else has it
     */
    void lock() {
        try {
            FileLock lock = file.tryLock(0, Long.MAX_VALUE, readOnly);
            if (lock == null) {
                throw locked();
            }
        } catch (OverlappingFileLockException e) {
            throw locked();
        } catch (IOException e) {
            throw Trouble.failed("Error locking disk images", SystemError.told(e));
        }
    }

    private Trouble locked() {
        return Trouble.failed(
                "Error locking disk images: Another instance likely holds a lock",
                "Cannot lock images of all block devices",
                "Failed to get %s lock for disk image: %s"
                        .formatted(readOnly ? "Read" : "Write", path),
                "The file is already locked");
    }

    /** Cuts or lengthens the file, without a question. */
    void resize(long bytes) {
        try {
            if (bytes < file.size()) {
                file.truncate(bytes);
            } else {
                file.write(ByteBuffer.allocate(1), bytes - 1);
            }
        } catch (IOException e) {
            throw Trouble.failed("Error from device manager", SystemError.told(e));
        }
    }

    /** Gives up the lock too. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw Trouble.failed("Error from device manager", SystemError.told(e));
        }
    }
}
