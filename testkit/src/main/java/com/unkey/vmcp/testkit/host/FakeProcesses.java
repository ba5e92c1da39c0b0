package com.unkey.vmcp.testkit.host;

import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Run directories in name only: for sweeping, not for spawning. Safe on every thread. */
public final class FakeProcesses implements ProcessHost {

    private final Set<ShortId> there = ConcurrentHashMap.newKeySet();

    /** Leaves a run directory behind. */
    public void leave(ShortId id) {
        there.add(id);
    }

    @Override
    public Path runDirectory(ShortId id) {
        return Path.of("/nowhere", id.value());
    }

    @Override
    public void makeRunDirectory(ShortId id) {
        there.add(id);
    }

    @Override
    public VmmProcess spawn(Spawn spawn) {
        throw new AssertionError("the fake spawns nothing: " + spawn);
    }

    @Override
    public Optional<VmmProcess> find(ShortId id) {
        return Optional.empty();
    }

    @Override
    public Optional<ForeignProcess> foreign(long pid) {
        return Optional.empty();
    }

    @Override
    public OutputLimit limitOutputs(List<Path> files) {
        return () -> {};
    }

    @Override
    public Set<ShortId> list() {
        return Set.copyOf(there);
    }

    @Override
    public void discard(ShortId id) {
        there.remove(id);
    }
}
