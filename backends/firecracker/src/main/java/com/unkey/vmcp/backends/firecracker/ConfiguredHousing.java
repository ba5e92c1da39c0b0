package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Houses new processes as the settings say. Those that a daemon with other settings started stay
 * where they stand, and are found there.
 */
final class ConfiguredHousing implements Housing {

    private final Housing next;
    private final Housing bare;
    private final StandingJails jails;

    private ConfiguredHousing(Housing next, Housing bare, StandingJails jails) {
        this.next = next;
        this.bare = bare;
        this.jails = jails;
    }

    /**
     * @param binary Firecracker, as it is now
     */
    static Housing of(Optional<JailSettings> jail, Supplier<Path> binary, ProcessHost host) {
        Housing bare = new BareHousing(binary, host);
        Housing next =
                jail.<Housing>map(settings -> new JailHousing(settings, binary, host)).orElse(bare);
        return new ConfiguredHousing(next, bare, new StandingJails(host, new Cgroups(List.of())));
    }

    @Override
    public Optional<String> trouble() {
        return next.trouble();
    }

    @Override
    public Place furnish(LaunchPlan plan, List<Path> readOnly, List<Path> writable) {
        if (next.equals(bare)) {
            clearJail(plan.shortId());
        }
        return next.furnish(plan, readOnly, writable);
    }

    private void clearJail(ShortId id) {
        if (jails.has(id)) {
            jails.clear(id);
        }
    }

    @Override
    public void settled(ShortId id) {
        if (jails.has(id)) {
            jails.settled(id);
        }
    }

    @Override
    public Place find(ShortId id) {
        return jails.has(id) ? jails.find(id) : bare.find(id);
    }

    @Override
    public void clear(ShortId id) {
        next.clear(id);
        clearJail(id);
    }
}
