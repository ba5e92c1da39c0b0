package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.KernelArguments;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.Set;
import java.util.regex.Pattern;

/** What the guest's kernel is told. */
public final class KernelCommandLine {

    /** The root disk is always the guest's first. */
    private static final String ROOT_DISK = "/dev/vda";

    private static final Set<String> MODES = Set.of("ro", "rw");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private KernelCommandLine() {}

    /**
     * The client's words, never rewritten, and {@code root=} where it is missing.
     *
     * @param fallback for a client that gives none
     */
    public static String of(VmSpec spec, String fallback) {
        String given = spec.boot().map(VmSpec.Boot::kernelArgs).orElse("");
        KernelArguments arguments = KernelArguments.of(given, fallback);
        spec.devices().disks().stream()
                .filter(VmSpec.Disk::root)
                .findFirst()
                .ifPresent(root -> arguments.addIfAbsent("root", ROOT_DISK + mode(given, root)));
        return arguments.toString();
    }

    private static String mode(String given, VmSpec.Disk root) {
        if (SPACE.splitAsStream(given).anyMatch(MODES::contains)) {
            return "";
        }
        return root.readOnly() ? " ro" : " rw";
    }
}
