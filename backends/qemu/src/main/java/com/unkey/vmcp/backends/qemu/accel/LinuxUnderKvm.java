package com.unkey.vmcp.backends.qemu.accel;

import java.nio.file.Path;

/**
 * Says whether this host's KVM is fit for Linux, for scripts: {@code LinuxUnderKvm QEMU DIRECTORY}
 * prints {@code fit: WHY} or {@code unfit: WHY} on one line, by the rules of {@code auto}. What
 * holds for QEMU's guests holds for those of every VMM on the same KVM.
 */
public final class LinuxUnderKvm {
    private static final String MACHINE = "q35";

    private LinuxUnderKvm() {}

    /**
     * Prints the verdict, within three seconds.
     *
     * @param arguments the QEMU to probe with, and the directory in which the verdict is kept
     */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "arguments are QEMU DIRECTORY, not " + String.join(" ", arguments));
        }
        System.out.println(
                verdict(
                        AcceleratorChoice.of(
                                AccelSetting.AUTO,
                                Path.of(arguments[0]),
                                MACHINE,
                                Path.of(arguments[1]))));
    }

    static String verdict(AcceleratorChoice choice) throws InterruptedException {
        AcceleratorChoice.Chosen chosen = choice.choose();
        String word =
                switch (chosen.accelerator()) {
                    case KVM -> "fit";
                    case TCG -> "unfit";
                };
        return word + ": " + chosen.reason().replaceAll("\\s+", " ");
    }
}
