package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One VM's {@link LaunchNote}, on disk and at hand. Thread-safe. */
final class Notebook {

    private final Path file;
    private @Nullable LaunchNote note;

    Notebook(Path file) {
        this.file = file;
    }

    /** The note, where there is one. */
    synchronized Optional<LaunchNote> find() {
        LaunchNote known = note;
        if (known == null) {
            Optional<LaunchNote> loaded = LaunchNote.load(file);
            note = loaded.orElse(null);
            return loaded;
        }
        return Optional.of(known);
    }

    /**
     * The note, which must be there.
     *
     * @throws VmException unavailable where it is not
     */
    LaunchNote require() {
        return find().orElseThrow(() -> VmException.unavailable("the VM was never launched"));
    }

    synchronized void write(LaunchNote fresh) {
        fresh.save(file);
        note = fresh;
    }

    synchronized void change(UnaryOperator<LaunchNote> change) {
        write(change.apply(require()));
    }
}
