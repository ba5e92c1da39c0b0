package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Users and groups of jails. A VM keeps its own from its first jail until it is deleted, so that no
 * two VMs ever share a user; groups are shared only where the operator gives a single one. What a
 * daemon before this one gave is known from the run directories. Thread-safe.
 */
final class JailIds {

    private final JailSettings settings;
    private final ProcessHost host;
    private final Map<ShortId, Ids> given = new HashMap<>();
    private boolean known;

    JailIds(JailSettings settings, ProcessHost host) {
        this.settings = settings;
        this.host = host;
    }

    /** A user and a group, by number. */
    record Ids(int uid, int gid) {}

    /**
     * The VM's; new ones where it has none.
     *
     * @throws VmException limit reached where all are taken; unavailable where the run directories
     *     cannot be read
     */
    synchronized Ids of(ShortId id) {
        learn();
        return given.computeIfAbsent(id, _ -> new Ids(freeUid(), freeGid()));
    }

    private void learn() {
        if (known) {
            return;
        }
        for (ShortId id : host.list()) {
            JailNote.load(host.runDirectory(id)).ifPresent(note -> given.put(id, note.ids()));
        }
        known = true;
    }

    private int freeUid() {
        return free(settings.uids(), taken(Ids::uid), "UNKEY_VMCP_FC_JAILER_UIDS");
    }

    private int freeGid() {
        JailSettings.IdRange range = settings.gids();
        return range.size() == 1
                ? range.first()
                : free(range, taken(Ids::gid), "UNKEY_VMCP_FC_JAILER_GIDS");
    }

    private Set<Integer> taken(ToIntFunction<Ids> which) {
        return given.values().stream().map(which::applyAsInt).collect(Collectors.toSet());
    }

    private static int free(JailSettings.IdRange range, Set<Integer> taken, String variable) {
        return IntStream.rangeClosed(range.first(), range.last())
                .filter(id -> !taken.contains(id))
                .findFirst()
                .orElseThrow(() -> exhausted(range, variable));
    }

    private static VmException exhausted(JailSettings.IdRange range, String variable) {
        return new VmException(
                new VmFailure.LimitReached(
                        "all %d ids of %s are given to VMs".formatted(range.size(), variable)));
    }

    /** Gives the VM's back, if it has any; its note must be gone. */
    synchronized void free(ShortId id) {
        given.remove(id);
    }
}
