package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.vm.VmSpec;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** What the guest's kernel is told. */
final class KernelCommandLine {

    /**
     * For a client that gives none: the serial console, and a kernel that resets the machine by
     * triple fault, which every machine type has, also after a panic.
     */
    static final String DEFAULT = "console=ttyS0 reboot=t panic=-1";

    private KernelCommandLine() {}

    /** The client's words, never rewritten, and {@code root=} where it is missing. */
    static String of(VmSpec spec) {
        String given = spec.boot().map(VmSpec.Boot::kernelArgs).orElse("");
        String base = given.isBlank() ? DEFAULT : given;
        return spec.devices().disks().stream()
                .filter(VmSpec.Disk::root)
                .findFirst()
                .map(root -> withRoot(base, root.readOnly()))
                .orElse(base);
    }

    private static String withRoot(String base, boolean readOnly) {
        List<String> words = Arrays.asList(base.trim().split("\\s+"));
        if (words.stream().anyMatch(word -> word.startsWith("root="))) {
            return base;
        }
        Predicate<String> mode = word -> word.equals("ro") || word.equals("rw");
        String root = base + " root=/dev/vda";
        return words.stream().anyMatch(mode) ? root : root + (readOnly ? " ro" : " rw");
    }
}
