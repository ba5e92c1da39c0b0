package com.unkey.vmcp.backends.qemu.accel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the operator asked for. */
public enum AccelSetting {
    /** KVM where a stock Linux guest runs under it, else TCG. */
    AUTO,
    /** KVM, unseen: for operators who know their host. */
    KVM,
    /** QEMU's own translator, which runs everywhere. */
    TCG;

    /**
     * Reads the setting as it is written in the environment: {@code auto}, {@code kvm} or {@code
     * tcg}, in lower case.
     *
     * @throws IllegalArgumentException naming the value and what is accepted
     */
    public static AccelSetting parse(String text) {
        for (AccelSetting setting : values()) {
            if (setting.text().equals(text)) {
                return setting;
            }
        }
        String accepted =
                Arrays.stream(values()).map(AccelSetting::text).collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
                "not an accelerator: \"%s\" (accepted: %s)".formatted(text, accepted));
    }

    /** The word that {@link #parse} accepts for this setting. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
