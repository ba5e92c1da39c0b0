package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.Optional;

/** Where guest output goes. */
public final class GuestConsole {

    private GuestConsole() {}

    /**
     * The file that the client named, or one in the run directory; empty where the client wants no
     * console.
     */
    public static Optional<Path> file(LaunchPlan plan, Path runDirectory) {
        boolean wanted =
                plan.definition()
                        .spec()
                        .devices()
                        .console()
                        .map(VmSpec.Console::enabled)
                        .orElse(true);
        if (!wanted) {
            return Optional.empty();
        }
        Path ours = runDirectory.resolve("console.log");
        return Optional.of(plan.definition().files().consoleOutput().orElse(ours));
    }
}
