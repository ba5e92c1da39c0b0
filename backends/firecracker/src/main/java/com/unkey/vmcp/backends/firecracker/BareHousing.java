package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.EarlierLaunch;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Processes that stand bare on the host, with all their files in the VM's run directory. */
final class BareHousing implements Housing {

    static final String SOCKET = "fc.sock";

    private final Supplier<Path> binary;
    private final ProcessHost host;

    /**
     * @param binary Firecracker, as it is now
     */
    BareHousing(Supplier<Path> binary, ProcessHost host) {
        this.binary = binary;
        this.host = host;
    }

    /** Firecracker neither takes a socket that is there nor removes its own. */
    @Override
    public Place furnish(LaunchPlan plan, List<Path> readOnly, List<Path> writable) {
        ShortId id = plan.shortId();
        Place found = find(id);
        EarlierLaunch.clearAway(found.log(), List.of(found.socket(), found.metrics()));
        return new Place(
                FirecrackerCommand.of(
                        binary.get(), id, found.socket(), found.log(), found.metrics()),
                found.socket(),
                found.log(),
                found.metrics(),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                Optional.empty());
    }

    @Override
    public Place find(ShortId id) {
        Path directory = host.runDirectory(id);
        return new Place(
                List.of(),
                directory.resolve(SOCKET),
                directory.resolve("fc.log"),
                directory.resolve("fc.metrics"),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                Optional.empty());
    }

    /** The run directory is all there is. */
    @Override
    public void clear(ShortId id) {}
}
