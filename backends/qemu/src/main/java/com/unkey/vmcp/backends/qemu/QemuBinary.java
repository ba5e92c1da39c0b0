package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.VmmBinary;
import com.unkey.vmcp.backends.adapter.VmmProgram;
import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds QEMU and asks it once what it is and what CPU features it knows. Thread-safe. */
final class QemuBinary {

    static final VmmProgram PROGRAM =
            new VmmProgram(
                    "QEMU",
                    "qemu-system-x86_64",
                    "UNKEY_VMCP_QEMU_BINARY",
                    "install the package qemu-system-x86",
                    Pattern.compile("version ([0-9]+(?:\\.[0-9]+)+)"));

    private static final Logger log = LoggerFactory.getLogger(QemuBinary.class);
    private static final Pattern FLAGS =
            Pattern.compile("Recognized CPUID flags:\\s*\\n(.*)", Pattern.DOTALL);

    private final VmmBinary binary;
    private Optional<Known> known = Optional.empty();

    QemuBinary(VmmBinary binary) {
        this.binary = binary;
    }

    /**
     * A QEMU that can be started.
     *
     * @param cpuFlags names that its {@code -cpu} knows; empty where it does not tell
     */
    record Found(Path path, String version, Set<String> cpuFlags) {}

    private record Known(VmmBinary.Found binary, Found found) {}

    /**
     * @throws VmException unavailable where there is none, with what to install or set
     */
    synchronized Found find() {
        VmmBinary.Found now = binary.find();
        if (known.isPresent() && known.get().binary().equals(now)) {
            return known.get().found();
        }
        Found found = new Found(now.path(), now.version(), cpuFlags(now.path()));
        known = Optional.of(new Known(now, found));
        return found;
    }

    private Set<String> cpuFlags(Path path) {
        Matcher matcher = FLAGS.matcher(binary.ask(path, "-cpu", "help"));
        if (!matcher.find()) {
            log.info("{} does not tell the CPU flags it knows", path);
            return Set.of();
        }
        return Arrays.stream(matcher.group(1).trim().split("\\s+"))
                .collect(Collectors.toUnmodifiableSet());
    }
}
