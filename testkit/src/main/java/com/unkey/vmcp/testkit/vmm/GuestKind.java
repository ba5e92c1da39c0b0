package com.unkey.vmcp.testkit.vmm;

import java.nio.file.Path;

/**
 * What a played guest does, known by its kernel's file name where nothing better is known; the
 * names of the mini guests mean what these do.
 */
public enum GuestKind {
    /** Counts, powers off when the button is pressed and gives up devices when asked. */
    HEEDS_BUTTON,
    /** Counts and heeds nothing: {@code tick.elf}, or a name with {@code ignores-button}. */
    IGNORES_BUTTON,
    /** Powers itself off a moment after its start: a name with {@code power-off}. */
    POWERS_OFF,
    /** Resets itself a moment after each start: a name with {@code reset}. */
    RESETS,
    /** Crashes a moment after each start: a name with {@code crash}. */
    CRASHES,
    /** Says its line and does nothing more. */
    RESTS,
    /** Tells a panic a moment after its start and goes on: a name with {@code panic}. */
    PANICS,
    /**
     * Heeds its button, and uses its disks and interfaces all the time: a name with {@code busy}.
     */
    BUSY;

    /** The kind that the name says. */
    public static GuestKind of(Path kernel) {
        String name = String.valueOf(kernel.getFileName());
        if (name.contains("power-off")) {
            return POWERS_OFF;
        }
        if (name.contains("reset")) {
            return RESETS;
        }
        if (name.contains("crash")) {
            return CRASHES;
        }
        if (name.contains("panic")) {
            return PANICS;
        }
        if (name.contains("busy")) {
            return BUSY;
        }
        boolean deaf = name.contains("ignores-button") || name.equals("tick.elf");
        return deaf ? IGNORES_BUTTON : HEEDS_BUTTON;
    }

    public boolean heedsButton() {
        return this == HEEDS_BUTTON || this == BUSY;
    }

    public boolean ejectsDevices() {
        return heedsButton();
    }
}
