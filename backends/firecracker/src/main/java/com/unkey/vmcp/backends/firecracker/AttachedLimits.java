package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.List;

/** Names what cannot be had of a process that somebody else started, besides the usual. */
final class AttachedLimits {

    private AttachedLimits() {}

    /** What is left of the options when {@link #check} has refused the rest. */
    static void bootOptions(Options options) {
        var _ = options.choice(BootOptions.ON_GUEST_RESET, List.of(BootOptions.SHUTDOWN));
    }

    /** A guest that resets itself ends the process, and another is not ours to start. */
    static List<Violation> check(VmSpec spec) {
        boolean restart =
                spec.boot()
                        .flatMap(
                                boot ->
                                        BootOptions.read(SpecLimits.OPTIONS.of(boot))
                                                .restartAfterReset())
                        .orElse(false);
        return restart
                ? List.of(
                        new Violation(
                                "config.boot.boot_options." + BootOptions.ON_GUEST_RESET,
                                "cannot be restart in a Firecracker that somebody else started: it"
                                        + " starts a guest once only"))
                : List.of();
    }
}
