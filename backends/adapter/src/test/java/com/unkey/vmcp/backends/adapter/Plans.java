package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** VMs as far as this module looks at them. */
final class Plans {

    static final VmmProgram PROGRAM =
            new VmmProgram(
                    "Some VMM",
                    "some-vmm",
                    "SOME_VMM_BINARY",
                    "install some-vmm",
                    Pattern.compile("^some-vmm v([0-9.]+)"));

    private Plans() {}

    static Disk disk(String path, boolean readOnly, boolean root) {
        return new Disk("", path, readOnly, root, "", Map.of());
    }

    static VmSpec spec(String kernelArguments, Optional<Console> console, Disk... disks) {
        return new VmSpec(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Boot("/kernel", "/initrd", kernelArguments, Map.of())),
                new Devices(List.of(disks), List.of(), console),
                Map.of());
    }

    /** The client's paths are links to the same below {@code /real}. */
    static LaunchPlan of(VmSpec spec, Optional<Path> consoleOutput) {
        VmIdentity identity =
                new VmIdentity(
                        new VmId("vm-1"),
                        new ShortId("s000000001"),
                        1,
                        new BackendName("some"),
                        Instant.EPOCH);
        GuestFiles files =
                new GuestFiles(
                        Path.of("/real/kernel"),
                        Optional.of(Path.of("/real/initrd")),
                        spec.devices().disks().stream()
                                .map(disk -> Path.of("/real" + disk.path()))
                                .map(path -> new DiskFile(path, DiskFormat.RAW))
                                .toList(),
                        consoleOutput);
        return new LaunchPlan(identity, new VmDefinition(spec, files), 1);
    }
}
