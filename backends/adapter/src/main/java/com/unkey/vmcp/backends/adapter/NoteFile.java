package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a later daemon must know of a launch and cannot ask the VMM: names and values in a file of
 * the run directory, as {@link Properties} reads them. It is always written as a whole.
 *
 * @param path mode 0600
 */
public record NoteFile(Path path) {

    private static final Pattern SPECIAL = Pattern.compile("[\\\\ \\t:=#!]");

    /**
     * Empty where there is none.
     *
     * @throws VmException unavailable where it cannot be read
     */
    public Optional<Map<String, String>> load() {
        try {
            Properties read = new Properties();
            read.load(new StringReader(Files.readString(path)));
            Map<String, String> note = new TreeMap<>();
            read.stringPropertyNames().forEach(name -> note.put(name, read.getProperty(name)));
            return Optional.of(note);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    /** For a note that can be read and makes no sense. */
    public static VmException unreadable(Exception cause) {
        return VmException.unavailable("the note of the VM's launch cannot be read", cause);
    }

    /**
     * Returns when it would survive the daemon. It need not outlive the host, since no VMM does.
     * Lines are in the map's order.
     *
     * @throws VmException unavailable where it cannot be written; the note is then as it was
     */
    public void save(Map<String, String> note) {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.deleteIfExists(fresh);
            var how = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(fresh, how, mode)) {
                ByteBuffer bytes = ByteBuffer.wrap(text(note).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    int _ = channel.write(bytes);
                }
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw VmException.unavailable("the note of the VM's launch cannot be written", e);
        }
    }

    private static String text(Map<String, String> note) {
        StringBuilder text = new StringBuilder();
        note.forEach(
                (name, value) ->
                        text.append(escaped(name)).append('=').append(escaped(value)).append('\n'));
        return text.toString();
    }

    private static String escaped(String word) {
        return SPECIAL.matcher(word).replaceAll("\\\\$0").replace("\n", "\\n").replace("\r", "\\r");
    }
}
