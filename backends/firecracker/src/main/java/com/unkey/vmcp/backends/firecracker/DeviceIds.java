package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.vm.VmSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a VM's devices are called in Firecracker, whose alphabet is smaller than the client's. The
 * same spec has the same names always, so that a later daemon finds the counters of a guest.
 *
 * @param disks in the spec's order
 * @param nics in the spec's order
 */
record DeviceIds(List<String> disks, List<String> nics) {

    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9_]{1,48}");
    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_]");
    private static final int LONGEST = 48;

    DeviceIds {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    static DeviceIds of(VmSpec.Devices devices) {
        return new DeviceIds(
                names(devices.disks().stream().map(VmSpec.Disk::id).toList()),
                names(devices.nics().stream().map(VmSpec.Nic::id).toList()));
    }

    /** An id that fits is kept; the others get one that nobody has. */
    private static List<String> names(List<String> ids) {
        Set<String> taken = new HashSet<>();
        ids.stream().filter(id -> FIT.matcher(id).matches()).forEach(taken::add);
        List<String> names = new ArrayList<>();
        for (String id : ids) {
            boolean kept = FIT.matcher(id).matches() && !names.contains(id);
            names.add(kept ? id : fresh(id, taken));
        }
        return names;
    }

    private static String fresh(String id, Set<String> taken) {
        String shape = UNFIT.matcher(id.isEmpty() ? "device" : id).replaceAll("_");
        String base = shape.substring(0, Math.min(LONGEST, shape.length()));
        String name = base;
        for (int i = 2; !taken.add(name); i++) {
            name = base + "_" + i;
        }
        return name;
    }

    boolean isEmpty() {
        return disks.isEmpty() && nics.isEmpty();
    }
}
