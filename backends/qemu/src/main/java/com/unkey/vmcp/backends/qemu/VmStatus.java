package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.failure.VmException;

/** QEMU's run states, sorted by what they mean to us. */
sealed interface VmStatus {

    /** Ready to begin from the start. */
    record Prepared() implements VmStatus {}

    /** The vCPUs run. */
    record Running() implements VmStatus {}

    /** The vCPUs are held and can run on. */
    record Stopped() implements VmStatus {}

    /** The guest has powered off. */
    record Off() implements VmStatus {}

    /** The guest cannot go on. */
    record Broken(String why) implements VmStatus {}

    /**
     * Sorts a {@code status} of {@code query-status}.
     *
     * @throws VmException failed where QEMU names a state that we do not know
     */
    static VmStatus of(String status) {
        return switch (status) {
            case "prelaunch", "inmigrate" -> new Prepared();
            case "running", "colo" -> new Running();
            case "paused",
                    "suspended",
                    "io-error",
                    "debug",
                    "save-vm",
                    "restore-vm",
                    "finish-migrate",
                    "postmigrate",
                    "watchdog" ->
                    new Stopped();
            case "shutdown" -> new Off();
            case "guest-panicked" -> new Broken("the guest panicked");
            case "internal-error" -> new Broken("QEMU cannot run the guest on (internal error)");
            default -> throw VmException.vmmFailed("QEMU has an unknown status: " + status);
        };
    }
}
