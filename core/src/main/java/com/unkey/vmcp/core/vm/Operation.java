package com.unkey.vmcp.core.vm;

/** An action, and whether it is to be forced. */
public record Operation(Action action, boolean force) {

    public static Operation of(Action action) {
        return new Operation(action, false);
    }

    public static Operation forced(Action action) {
        return new Operation(action, true);
    }

    /** Whether it waits for the guest to power itself off. */
    public boolean graceful() {
        return !force && (action == Action.SHUTDOWN || action == Action.REBOOT);
    }

    @Override
    public String toString() {
        return force ? action.call() + " with force" : action.call();
    }
}
