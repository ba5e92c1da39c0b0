package com.unkey.vmcp.backends.qemu.accel;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a verdict is true of. If any part changes, the host is probed again.
 *
 * @param bootId of the host: KVM modules and their parameters change with a boot
 * @param kernelRelease of the host
 * @param qemuVersion first line of {@code qemu -version}
 * @param qemu the binary with links resolved, its size and its time of modification
 * @param machine QEMU's {@code -M}
 * @param guest digest of the probe guest, so that a better probe asks anew
 */
record VerdictKey(
        String bootId,
        String kernelRelease,
        String qemuVersion,
        String qemu,
        String machine,
        String guest) {

    /** One {@code name=value} line per part, in a fixed order. */
    List<String> lines() {
        Map<String, String> parts = new TreeMap<>();
        parts.put("boot_id", bootId);
        parts.put("kernel", kernelRelease);
        parts.put("qemu_version", qemuVersion);
        parts.put("qemu", qemu);
        parts.put("machine", machine);
        parts.put("guest", guest);
        return parts.entrySet().stream()
                .map(part -> part.getKey() + "=" + oneLine(part.getValue()))
                .toList();
    }

    private static String oneLine(String value) {
        return value.replaceAll("\\p{Cntrl}", " ");
    }
}
