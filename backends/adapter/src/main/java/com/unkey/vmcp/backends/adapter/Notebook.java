package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of one VM's launch, on disk and at hand. Thread-safe.
 *
 * @param <N> the note
 */
public final class Notebook<N> {

    private final Path file;
    private final Format<N> format;
    private @Nullable N note;

    public Notebook(Path file, Format<N> format) {
        this.file = file;
        this.format = format;
    }

    /** How a note is kept, by a {@link NoteFile}. */
    public interface Format<N> {

        /**
         * Empty where there is none.
         *
         * @throws VmException unavailable where it cannot be read or makes no sense
         */
        Optional<N> load(Path file);

        /** Returns when it would survive the daemon. */
        void save(N note, Path file);
    }

    /** The note, where there is one. */
    public synchronized Optional<N> find() {
        N known = note;
        if (known == null) {
            Optional<N> loaded = format.load(file);
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
    public N require() {
        return find().orElseThrow(() -> VmException.unavailable("the VM was never launched"));
    }

    public synchronized void write(N fresh) {
        format.save(fresh, file);
        note = fresh;
    }

    /** Writes nothing where nothing changes. */
    public synchronized void change(UnaryOperator<N> change) {
        N before = require();
        N after = change.apply(before);
        if (!after.equals(before)) {
            write(after);
        }
    }
}
