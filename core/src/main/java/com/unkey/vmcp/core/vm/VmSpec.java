package com.unkey.vmcp.core.vm;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asks for, field by field as the API has it, so that it can be given back as it was
 * sent. Nothing is checked here: the rules in this package say what is wrong with it, all at once.
 *
 * <p>An empty string stands for a field that was not set, as in proto3.
 */
public record VmSpec(
        Optional<Cpu> cpu,
        Optional<Memory> memory,
        Optional<Boot> boot,
        Devices devices,
        Map<String, String> metadata) {

    public VmSpec {
        metadata = Map.copyOf(metadata);
    }

    /** Same spec, other devices. */
    public VmSpec withDevices(Devices other) {
        return new VmSpec(cpu, memory, boot, other, metadata);
    }

    /** vCPUs at boot; 0 where the spec names none. */
    public int vcpuCount() {
        return cpu.map(Cpu::count).orElse(0);
    }

    /** Memory at boot in bytes; 0 where the spec names none. */
    public long memoryBytes() {
        return memory.map(Memory::sizeBytes).orElse(0L);
    }

    /** Virtual CPUs. {@code maxCount} 0 means the same as {@code count}. */
    public record Cpu(
            int count, int maxCount, Optional<Topology> topology, Map<String, String> features) {

        public Cpu {
            features = Map.copyOf(features);
        }

        /** The most vCPUs the guest may have: {@code maxCount}, or {@code count} where it is 0. */
        public int limit() {
            return maxCount == 0 ? count : maxCount;
        }
    }

    /** Arrangement of vCPUs. */
    public record Topology(int sockets, int coresPerSocket, int threadsPerCore) {

        /** vCPUs in this arrangement. */
        public long vcpus() {
            return (long) sockets * coresPerSocket * threadsPerCore;
        }
    }

    /** Guest memory; sizes in bytes. */
    public record Memory(
            long sizeBytes, boolean hotplug, long maxSizeBytes, Map<String, String> backing) {

        public Memory {
            backing = Map.copyOf(backing);
        }
    }

    /** What the guest boots: a kernel, or a firmware that finds one itself. */
    public record Boot(
            String kernelPath, String initrdPath, String kernelArgs, Map<String, String> options) {

        public Boot {
            options = Map.copyOf(options);
        }

        /** Path of the firmware image to boot instead of a kernel, as given. */
        public Optional<String> firmware() {
            return Optional.ofNullable(options.get("firmware"));
        }
    }

    /** Everything that is plugged into the VM. */
    public record Devices(List<Disk> disks, List<Nic> nics, Optional<Console> console) {

        public Devices {
            disks = List.copyOf(disks);
            nics = List.copyOf(nics);
        }
    }

    /** A disk. */
    public record Disk(
            String id,
            String path,
            boolean readOnly,
            boolean root,
            String interfaceType,
            Map<String, String> options) {

        public Disk {
            options = Map.copyOf(options);
        }

        public Disk withId(String other) {
            return new Disk(other, path, readOnly, root, interfaceType, options);
        }
    }

    /** A network interface. */
    public record Nic(
            String id,
            String macAddress,
            String tapDevice,
            String interfaceType,
            Map<String, String> options) {

        public Nic {
            options = Map.copyOf(options);
        }

        public Nic withIdentity(String otherId, String otherMac) {
            return new Nic(otherId, otherMac, tapDevice, interfaceType, options);
        }
    }

    /** What becomes of the guest's serial console. */
    public record Console(boolean enabled, String output, String input, String type) {}
}
