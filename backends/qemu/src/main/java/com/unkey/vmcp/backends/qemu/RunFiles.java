package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
        boolean wanted =
                plan.definition()
                        .spec()
                        .devices()
                        .console()
                        .map(VmSpec.Console::enabled)
                        .orElse(true);
        Path file =
                plan.definition().files().consoleOutput().orElse(directory.resolve("console.log"));
        return new RunFiles(directory, wanted ? Optional.of(file) : Optional.empty());
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

    /** Clears away what an earlier launch left; its log is kept under another name. */
    void prepare() {
        try {
            Files.deleteIfExists(monitor());
            if (Files.exists(log())) {
                Files.move(
                        log(),
                        directory.resolve("qemu.log.before"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw VmException.unavailable("the VM's run directory cannot be prepared", e);
        }
    }
}
