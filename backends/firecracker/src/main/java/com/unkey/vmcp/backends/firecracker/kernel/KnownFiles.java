package com.unkey.vmcp.backends.firecracker.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers what was made of which file, so that it need not be read again. Thread-safe. */
final class KnownFiles {

    private static final int MOST = 256;

    private final Map<FileIdentity, VmlinuxKey> keys =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<FileIdentity, VmlinuxKey> eldest) {
                    return size() > MOST;
                }
            };

    synchronized Optional<VmlinuxKey> find(FileIdentity file) {
        return Optional.ofNullable(keys.get(file));
    }

    synchronized void remember(FileIdentity file, VmlinuxKey key) {
        keys.put(file, key);
    }
}
