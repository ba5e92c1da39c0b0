package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a backend has noted of its VMs' launches. Thread-safe.
 *
 * @param <N> the note of one
 */
public final class Notebooks<N> {

    private final Function<ShortId, Path> file;
    private final Notebook.Format<N> format;
    private final Map<ShortId, Notebook<N>> open = new ConcurrentHashMap<>();

    /**
     * @param file where a VM's note is kept
     */
    public Notebooks(Function<ShortId, Path> file, Notebook.Format<N> format) {
        this.file = file;
        this.format = format;
    }

    /** The VM's, for whoever is going to write in it. */
    public Notebook<N> of(ShortId id) {
        return open.computeIfAbsent(id, absent -> new Notebook<>(file.apply(absent), format));
    }

    /** What is known of the VM's last launch; empty where there was none. */
    public Optional<N> note(ShortId id) {
        Optional<N> note = of(id).find();
        if (note.isEmpty()) {
            forget(id);
        }
        return note;
    }

    /** The file is somebody else's to remove. */
    public void forget(ShortId id) {
        open.remove(id);
    }
}
