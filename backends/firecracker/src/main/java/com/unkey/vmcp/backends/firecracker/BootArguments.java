package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.vm.KernelArguments;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the guest's kernel is told. Firecracker itself adds the root disk where one is marked as
 * such, and a few words more.
 *
 * @param text what we tell Firecracker
 * @param marked the disk that Firecracker is to add; empty where the text says all there is to say
 */
record BootArguments(String text, Optional<Disk> marked) {

    /** That all the kernel is told, Firecracker's own additions included, must not exceed. */
    static final int MAX_BYTES = 2047;

    /**
     * For a client that gives no arguments: a console, a kernel that resets after a panic, and no
     * search for what Firecracker's keyboard controller does not have.
     */
    static final String DEFAULT =
            "console=ttyS0 reboot=k panic=1 i8042.noaux i8042.nomux i8042.dumbkbd";

    private static final Set<String> MODES = Set.of("ro", "rw");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final String ROOT = "root";
    private static final int OWN_BYTES = " pci=off".length();
    private static final int BYTES_PER_DEVICE = " virtio_mmio.device=4K@0xc0001000:15".length();

    /**
     * Given arguments get {@code reboot=k} where they say nothing of it: the keyboard controller is
     * the only way out that Firecracker notices. A {@code root=} of the client's wins.
     */
    static BootArguments of(VmSpec spec) {
        String given = spec.boot().map(VmSpec.Boot::kernelArgs).orElse("");
        KernelArguments arguments = KernelArguments.of(given, DEFAULT).addIfAbsent("reboot", "k");
        Optional<Disk> root = mounted(spec);
        if (root.isPresent() && !marks(spec, given)) {
            arguments.addIfAbsent(ROOT, device(root.get()) + mode(given, root.get()));
            return new BootArguments(arguments.toString(), Optional.empty());
        }
        return new BootArguments(arguments.toString(), root);
    }

    /** The root disk, where the client's own arguments name none. */
    static Optional<Disk> mounted(VmSpec spec) {
        String given = spec.boot().map(VmSpec.Boot::kernelArgs).orElse("");
        return KernelArguments.of(given, "").has(ROOT)
                ? Optional.empty()
                : spec.devices().disks().stream().filter(Disk::root).findFirst();
    }

    /** Firecracker's own words would overrule the client's mode, and an initrd finds its root. */
    private static boolean marks(VmSpec spec, String given) {
        return !hasMode(given) && spec.boot().map(boot -> boot.initrdPath().isEmpty()).orElse(true);
    }

    private static boolean hasMode(String given) {
        return SPACE.splitAsStream(given).anyMatch(MODES::contains);
    }

    private static String device(Disk root) {
        return partition(root).map(id -> "PARTUUID=" + id).orElse("/dev/vda");
    }

    private static Optional<String> partition(Disk root) {
        return DiskOptions.read(SpecLimits.OPTIONS.of(root, 0), true).partition();
    }

    private static String mode(String given, Disk root) {
        if (hasMode(given)) {
            return "";
        }
        return root.readOnly() ? " ro" : " rw";
    }

    /**
     * Bytes of all that the kernel will be told.
     *
     * @param devices that Firecracker adds a word for
     */
    int bytes(int devices) {
        int root =
                marked.map(disk -> (" root=" + device(disk) + mode("", disk)).length()).orElse(0);
        return text.length() + OWN_BYTES + root + devices * BYTES_PER_DEVICE;
    }
}
