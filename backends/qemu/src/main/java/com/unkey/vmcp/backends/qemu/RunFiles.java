package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.EarlierLaunch;
import com.unkey.vmcp.backends.adapter.GuestConsole;
import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.core.port.LaunchPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of one VM's QEMU.
 *
 * @param directory the VM's run directory
 * @param console where guest output goes; empty where the client wants none
 */
record RunFiles(Path directory, Optional<Path> console) {

    static final String MONITOR = "qmp.sock";

    static RunFiles of(Path directory, LaunchPlan plan) {
        return new RunFiles(directory, GuestConsole.file(plan, directory));
    }

    /** QEMU's monitor. */
    Path monitor() {
        return directory.resolve(MONITOR);
    }

    /** QEMU's own words, of this launch only. */
    Path log() {
        return directory.resolve("qemu.log");
    }

    /** Files that QEMU writes without end. */
    List<Path> outputs() {
        return Stream.concat(Stream.of(log()), console.stream()).toList();
    }

    /** What is to be remembered of this launch. */
    Path note() {
        return directory.resolve("qemu.note");
    }

    /** What is said where QEMU does not say how it ended. */
    LastWords lastWords(LaunchPlan plan) {
        return new LastWords(QemuBinary.PROGRAM, log(), directory, plan);
    }

    /** Clears away what an earlier launch left; its log is kept under another name. */
    void prepare() {
        EarlierLaunch.clearAway(log(), List.of(monitor()));
    }
}
