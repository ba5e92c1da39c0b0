package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import java.util.List;
import java.util.Optional;

/**
 * What {@code config.boot.boot_options} may ask for.
 *
 * @param restartAfterReset whether a guest that resets itself is started anew; empty where the
 *     client leaves it to the operator
 */
record BootOptions(Optional<Boolean> restartAfterReset) {

    static final String ON_GUEST_RESET = "on_guest_reset";

    static final String SHUTDOWN = "shutdown";

    private static final String RESTART = "restart";

    static BootOptions read(Options options) {
        return new BootOptions(
                options.choice(ON_GUEST_RESET, List.of(SHUTDOWN, RESTART)).map(RESTART::equals));
    }
}
