package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootArgumentsTest {

    private static final Path FILE = Path.of("/f");

    private static BootArguments of(String arguments) {
        return BootArguments.of(rooted(arguments, Map.of()).spec());
    }

    private static Vms rooted(String arguments, Map<String, String> options) {
        return Vms.of(FILE)
                .kernelArgs(arguments)
                .disk(FILE, DiskFormat.RAW, new Disk("d", "/f", true, true, "", options));
    }

    @Test
    void withoutArgumentsThereIsAConsoleAndAWayToReset() {
        BootArguments arguments = of(" ");
        assertThat(arguments.text()).startsWith("console=ttyS0 reboot=k panic=1");
        assertThat(arguments.marked()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "quiet, quiet reboot=k",
        "reboot=t quiet, reboot=t quiet",
        "reboot=k, reboot=k",
    })
    void aWayToResetIsAddedWhereNothingIsSaidOfIt(String given, String told) {
        assertThat(of(given)).extracting(BootArguments::text).isEqualTo(told);
        assertThat(of(given).marked()).isPresent();
    }

    @Test
    void aRootOfTheClientsWins() {
        BootArguments arguments = of("reboot=k root=/dev/vda1");
        assertThat(arguments.text()).isEqualTo("reboot=k root=/dev/vda1");
        assertThat(arguments.marked()).isEmpty();
    }

    /** Firecracker would add the mode of the disk after it. */
    @Test
    void aModeOfTheClientsWins() {
        BootArguments arguments = of("reboot=k rw");
        assertThat(arguments.text()).isEqualTo("reboot=k rw root=/dev/vda");
        assertThat(arguments.marked()).isEmpty();
    }

    @Test
    void anInitrdIsToldOfItsRootByUs() {
        BootArguments arguments =
                BootArguments.of(rooted("reboot=k", Map.of()).initrd(FILE).spec());
        assertThat(arguments.text()).isEqualTo("reboot=k root=/dev/vda ro");
        assertThat(arguments.marked()).isEmpty();
        assertThat(
                        BootArguments.of(
                                        rooted("reboot=k", Map.of("partuuid", "ab-1"))
                                                .initrd(FILE)
                                                .spec())
                                .text())
                .isEqualTo("reboot=k root=PARTUUID=ab-1 ro");
    }

    @Test
    void withoutARootDiskNothingIsSaidOfIt() {
        BootArguments arguments = BootArguments.of(Vms.of(FILE).kernelArgs("reboot=k").spec());
        assertThat(arguments)
                .isEqualTo(BootArguments.of(Vms.of(FILE).kernelArgs("reboot=k").spec()));
        assertThat(arguments.text()).isEqualTo("reboot=k");
        assertThat(arguments.bytes(0)).isEqualTo("reboot=k pci=off".length());
        assertThat(arguments.bytes(2) - arguments.bytes(0)).isEqualTo(72);
    }

    @Test
    void whatFirecrackerAddsForTheRootDiskCounts() {
        assertThat(of("reboot=k").bytes(0)).isEqualTo("reboot=k pci=off root=/dev/vda ro".length());
    }
}
