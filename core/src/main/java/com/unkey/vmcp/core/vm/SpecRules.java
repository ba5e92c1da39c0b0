package com.unkey.vmcp.core.vm;

import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What can be said against a spec by looking at it alone. Paths are the host's to judge, features
 * the backend's; the caller is told all of it at once.
 */
public final class SpecRules {

    /** The most vCPUs any backend is asked for. */
    public static final int MAX_VCPUS = 1024;

    /** Memory comes in pages of this many bytes. */
    public static final long PAGE_BYTES = 4096;

    /** IFNAMSIZ less the closing zero, netdevice(7). */
    public static final int MAX_TAP_NAME = 15;

    private static final Pattern MAC = Pattern.compile("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}");
    private static final Pattern TAP = Pattern.compile("[A-Za-z0-9._@-]+");
    private static final Pattern DEVICE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final List<Violation> found = new ArrayList<>();

    private SpecRules() {}

    /** Everything that is wrong with the spec, in the order of its fields. */
    public static List<Violation> check(VmSpec spec) {
        SpecRules rules = new SpecRules();
        spec.cpu()
                .ifPresentOrElse(
                        rules::cpu, () -> rules.add("config.cpu", "is required, got none"));
        spec.memory()
                .ifPresentOrElse(
                        rules::memory, () -> rules.add("config.memory", "is required, got none"));
        spec.boot().ifPresent(rules::boot);
        rules.disks(spec.devices().disks());
        rules.nics(spec.devices().nics());
        return List.copyOf(rules.found);
    }

    private void cpu(Cpu cpu) {
        if (cpu.count() < 1 || cpu.count() > MAX_VCPUS) {
            add("config.cpu.vcpu_count", "must be 1 to " + MAX_VCPUS + ", got " + cpu.count());
        }
        if (cpu.maxCount() != 0 && (cpu.maxCount() < cpu.count() || cpu.maxCount() > MAX_VCPUS)) {
            add(
                    "config.cpu.max_vcpu_count",
                    "must be 0 or vcpu_count (%d) to %d, got %d"
                            .formatted(cpu.count(), MAX_VCPUS, cpu.maxCount()));
        }
        cpu.topology().ifPresent(topology -> topology(topology, cpu.limit()));
    }

    private void topology(Topology topology, int vcpus) {
        int before = found.size();
        atLeastOne("config.cpu.topology.sockets", topology.sockets());
        atLeastOne("config.cpu.topology.cores_per_socket", topology.coresPerSocket());
        atLeastOne("config.cpu.topology.threads_per_core", topology.threadsPerCore());
        if (found.size() == before && topology.vcpus() != vcpus) {
            add(
                    "config.cpu.topology",
                    "sockets x cores x threads must be %d, the most vCPUs of this VM, got %d"
                            .formatted(vcpus, topology.vcpus()));
        }
    }

    private void atLeastOne(String field, int value) {
        if (value < 1) {
            add(field, "must be at least 1, got " + value);
        }
    }

    private void memory(Memory memory) {
        if (memory.sizeBytes() <= 0) {
            add("config.memory.size_bytes", "must be more than 0, got " + memory.sizeBytes());
        } else if (memory.sizeBytes() % PAGE_BYTES != 0) {
            add(
                    "config.memory.size_bytes",
                    "must be a multiple of " + PAGE_BYTES + ", got " + memory.sizeBytes());
        }
        if (memory.maxSizeBytes() < 0) {
            add("config.memory.max_size_bytes", "must not be negative: " + memory.maxSizeBytes());
        } else if (memory.hotplug() && memory.maxSizeBytes() < memory.sizeBytes()) {
            add(
                    "config.memory.max_size_bytes",
                    "must be at least size_bytes (%d) with hotplug_enabled, got %d"
                            .formatted(memory.sizeBytes(), memory.maxSizeBytes()));
        }
    }

    private void boot(VmSpec.Boot boot) {
        if (boot.kernelArgs().chars().anyMatch(Character::isISOControl)) {
            add("config.boot.kernel_args", "must not contain control characters");
        }
        boot.firmware().ifPresent(_ -> withFirmware(boot));
    }

    /** A firmware finds kernel, initrd and arguments by itself: nothing of them could be heeded. */
    private void withFirmware(VmSpec.Boot boot) {
        if (!boot.kernelPath().isEmpty()) {
            add(
                    "config.boot.kernel_path",
                    "and config.boot.boot_options.firmware are both set: only one can be booted");
        }
        unsetWithFirmware("config.boot.initrd_path", boot.initrdPath());
        unsetWithFirmware("config.boot.kernel_args", boot.kernelArgs());
    }

    private void unsetWithFirmware(String field, String value) {
        if (!value.isEmpty()) {
            add(
                    field,
                    "must not be set with config.boot.boot_options.firmware, got \"%s\""
                            .formatted(value));
        }
    }

    private void disks(List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            deviceId("config.storage[" + i + "].id", disks.get(i).id());
        }
        unique(disks, Disk::id, "config.storage", "id");
        long roots = disks.stream().filter(Disk::root).count();
        if (roots > 1) {
            add("config.storage", "at most one disk can be the root device, got " + roots);
        }
    }

    private void nics(List<Nic> nics) {
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            String field = "config.network[" + i + "]";
            deviceId(field + ".id", nic.id());
            mac(field + ".mac_address", nic.macAddress());
            tap(field + ".tap_device", nic.tapDevice());
        }
        unique(nics, Nic::id, "config.network", "id");
        unique(
                nics,
                nic -> nic.macAddress().toLowerCase(Locale.ROOT),
                "config.network",
                "mac_address");
        unique(nics, Nic::tapDevice, "config.network", "tap_device");
    }

    private void deviceId(String field, String id) {
        if (!id.isEmpty() && !DEVICE_ID.matcher(id).matches()) {
            add(field, "must be " + VmId.RULE + ", got \"" + id + "\"");
        }
    }

    private void mac(String field, String mac) {
        if (mac.isEmpty()) {
            return;
        }
        if (!MAC.matcher(mac).matches()) {
            add(field, "must be six hexadecimal pairs with colons, got \"" + mac + "\"");
        } else if ((Integer.parseInt(mac.substring(0, 2), 16) & 1) == 1) {
            add(field, "must be a unicast address, got \"" + mac + "\"");
        }
    }

    private void tap(String field, String tap) {
        if (tap.length() > MAX_TAP_NAME) {
            add(field, "must have at most " + MAX_TAP_NAME + " characters, got \"" + tap + "\"");
        } else if (!tap.isEmpty() && (!TAP.matcher(tap).matches() || tap.matches("\\.{1,2}"))) {
            add(field, "must be a network device name of A-Z a-z 0-9 . _ @ -, got \"" + tap + "\"");
        }
    }

    private <T> void unique(List<T> devices, Function<T, String> key, String list, String name) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < devices.size(); i++) {
            String value = key.apply(devices.get(i));
            Integer first = value.isEmpty() ? null : seen.putIfAbsent(value, i);
            if (first != null) {
                add(
                        "%s[%d].%s".formatted(list, i, name),
                        "\"%s\" is used by %s[%d] already".formatted(value, list, first));
            }
        }
    }

    private void add(String field, String message) {
        found.add(new Violation(field, message));
    }
}
