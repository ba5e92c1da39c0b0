package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Versions of a VMM that an adapter can drive. Thread-safe. */
public final class KnownVersions {

    private static final Logger log = LoggerFactory.getLogger(KnownVersions.class);

    private final String title;
    private final VmmVersion oldest;
    private final VmmVersion newest;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * @param title of the VMM, for messages
     * @param oldest that has all the adapter needs
     * @param newest that the adapter was run on; newer ones are taken and logged once
     */
    public KnownVersions(String title, VmmVersion oldest, VmmVersion newest) {
        this.title = title;
        this.oldest = oldest;
        this.newest = newest;
    }

    /**
     * Reads what the program or its API tells, and refuses what is too old.
     *
     * @throws VmException unavailable where it is no version, or older than the oldest
     */
    public VmmVersion require(String text) {
        VmmVersion version =
                VmmVersion.read(text)
                        .orElseThrow(
                                () ->
                                        VmException.unavailable(
                                                "%s tells no version that makes sense: \"%s\""
                                                        .formatted(title, text)));
        if (version.compareTo(oldest) < 0) {
            throw VmException.unavailable(
                    "%s %s is too old: %s is the oldest that is supported"
                            .formatted(title, version, oldest));
        }
        if (version.compareTo(newest) > 0 && told.compareAndSet(false, true)) {
            log.warn("{} {} is newer than {}, the newest known", title, version, newest);
        }
        return version;
    }
}
