package com.unkey.vmcp.e2e;

import com.unkey.vmcp.testkit.guest.LinuxImages;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A VmConfig as JSON has it; each method gives another one. */
record VmConfigs(Map<String, Object> fields) {

    private static final long MEBI = 1L << 20;

    /** One vCPU, the mini guest, as little memory as its firmware can do with. */
    static VmConfigs mini(Home home) {
        return of(home.miniGuest());
    }

    /** The same for another backend than the home's default. */
    static VmConfigs mini(Home home, Backend another) {
        return of(home.miniGuest(another));
    }

    private static VmConfigs of(Path kernel) {
        return new VmConfigs(Map.of())
                .with("cpu", Map.of("vcpu_count", 1))
                .with("memory", memory(32))
                .with("boot", Map.of("kernel_path", kernel.toString()));
    }

    /** The small Linux guest; the words are added to its kernel command line. */
    static VmConfigs linux(String... words) {
        LinuxImages guest = LinuxGuest.find();
        String arguments =
                Stream.concat(Stream.of("console=ttyS0", "reboot=t", "panic=-1"), Stream.of(words))
                        .collect(Collectors.joining(" "));
        return new VmConfigs(Map.of())
                .with("cpu", Map.of("vcpu_count", 1))
                .with("memory", memory(128))
                .with(
                        "boot",
                        Map.of(
                                "kernel_path", guest.kernel().toString(),
                                "initrd_path", guest.initrd().toString(),
                                "kernel_args", arguments));
    }

    static Map<String, Object> memory(long mebibytes) {
        return Map.of("size_bytes", Long.toString(mebibytes * MEBI));
    }

    VmConfigs with(String field, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new VmConfigs(changed);
    }

    VmConfigs without(String field) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        changed.remove(field);
        return new VmConfigs(changed);
    }

    VmConfigs withDisk(String id, Path path) {
        return with("storage", List.of(Map.of("id", id, "path", path.toString())));
    }
}
