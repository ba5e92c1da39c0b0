package com.unkey.vmcp.backends.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every backend makes of a spec: command line, order of disks, console. */
class FromSpecTest {

    private static final Path RUN = Path.of("/run/vm");

    @Test
    void aClientsCommandLineIsKeptAndOnlyTheRootDiskAdded() {
        assertThat(commandLine("quiet root=/dev/vdb  x", false))
                .isEqualTo("quiet root=/dev/vdb  x");
        assertThat(commandLine("quiet", true)).isEqualTo("quiet root=/dev/vda ro");
        assertThat(commandLine("ro quiet", false)).isEqualTo("ro quiet root=/dev/vda");
        assertThat(commandLine("noroot=1", false)).isEqualTo("noroot=1 root=/dev/vda rw");
    }

    @Test
    void theBackendsCommandLineStandsInForNone() {
        assertThat(commandLine(" ", false)).isEqualTo("console=hvc0 root=/dev/vda rw");
        VmSpec rootless = Plans.spec("", Optional.empty(), Plans.disk("/a", false, false));
        assertThat(KernelCommandLine.of(rootless, "console=hvc0")).isEqualTo("console=hvc0");
    }

    private static String commandLine(String given, boolean readOnly) {
        Disk root = Plans.disk("/a", readOnly, true);
        return KernelCommandLine.of(Plans.spec(given, Optional.empty(), root), "console=hvc0");
    }

    @Test
    void theRootDiskComesFirstAndTheOthersKeepTheirOrder() {
        List<Disk> disks =
                List.of(
                        Plans.disk("/a", false, false),
                        Plans.disk("/b", false, false),
                        Plans.disk("/c", false, true),
                        Plans.disk("/d", false, false));
        assertThat(GuestDisks.order(disks)).containsExactly(2, 0, 1, 3);
        assertThat(GuestDisks.order(List.of())).isEmpty();
    }

    @Test
    void guestOutputGoesToTheClientsFileOrToOneOfOurs() {
        assertThat(console(Optional.empty(), Optional.empty()))
                .contains(RUN.resolve("console.log"));
        Path output = Path.of("/var/log/vm");
        assertThat(console(Optional.of(new Console(true, "/x", "", "")), Optional.of(output)))
                .contains(output);
        assertThat(console(Optional.of(new Console(false, "", "", "")), Optional.empty()))
                .isEmpty();
    }

    private static Optional<Path> console(Optional<Console> console, Optional<Path> output) {
        return GuestConsole.file(Plans.of(Plans.spec("", console), output), RUN);
    }
}
