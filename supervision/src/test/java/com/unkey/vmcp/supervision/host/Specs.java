package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Specs with the parts that a host is asked about. */
final class Specs {

    private Specs() {}

    static VmSpec booting(String kernel, String initrd) {
        return spec(Optional.of(new Boot(kernel, initrd, "", Map.of())), 1 << 20, List.of(), "");
    }

    static VmSpec bootingFirmware(String firmware) {
        Boot boot = new Boot("", "", "", Map.of("firmware", firmware));
        return spec(Optional.of(boot), 1 << 20, List.of(), "");
    }

    static VmSpec withDisks(Path kernel, Disk... disks) {
        return spec(boot(kernel), 1 << 20, List.of(disks), "");
    }

    static VmSpec withConsole(Path kernel, String output) {
        return spec(boot(kernel), 1 << 20, List.of(), output);
    }

    static VmSpec withMemory(Path kernel, long bytes) {
        return spec(boot(kernel), bytes, List.of(), "");
    }

    static VmSpec withoutBoot() {
        return spec(Optional.empty(), 1 << 20, List.of(), "");
    }

    static Disk disk(Path path) {
        return disk(path, Map.of());
    }

    static Disk disk(Path path, Map<String, String> options) {
        return new Disk("disk", path.toString(), false, false, "", options);
    }

    static Disk readOnly(Path path) {
        return new Disk("disk", path.toString(), true, false, "", Map.of());
    }

    static Optional<Boot> boot(Path kernel) {
        return Optional.of(new Boot(kernel.toString(), "", "", Map.of()));
    }

    static VmSpec spec(Optional<Boot> boot, long memory, List<Disk> disks, String console) {
        return new VmSpec(
                Optional.empty(),
                Optional.of(new Memory(memory, false, 0, Map.of())),
                boot,
                new Devices(
                        disks,
                        List.of(),
                        Optional.of(console)
                                .filter(output -> !output.isEmpty())
                                .map(output -> new Console(true, output, "", ""))),
                Map.of());
    }
}
