package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.BootConfig;
import com.unkey.vmcp.api.v1.ConsoleConfig;
import com.unkey.vmcp.api.v1.CpuConfig;
import com.unkey.vmcp.api.v1.CpuTopology;
import com.unkey.vmcp.api.v1.MemoryConfig;
import com.unkey.vmcp.api.v1.NetworkInterface;
import com.unkey.vmcp.api.v1.StorageDevice;
import com.unkey.vmcp.api.v1.VmConfig;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.Optional;

/** The API's config as a spec, field by field; absent messages stay absent. */
final class ConfigReader {

    private ConfigReader() {}

    static VmSpec read(VmConfig config) {
        return new VmSpec(
                config.hasCpu() ? Optional.of(cpu(config.getCpu())) : Optional.empty(),
                config.hasMemory() ? Optional.of(memory(config.getMemory())) : Optional.empty(),
                config.hasBoot() ? Optional.of(boot(config.getBoot())) : Optional.empty(),
                devices(config),
                config.getMetadataMap());
    }

    private static VmSpec.Cpu cpu(CpuConfig cpu) {
        return new VmSpec.Cpu(
                cpu.getVcpuCount(),
                cpu.getMaxVcpuCount(),
                cpu.hasTopology() ? Optional.of(topology(cpu.getTopology())) : Optional.empty(),
                cpu.getFeaturesMap());
    }

    private static VmSpec.Topology topology(CpuTopology topology) {
        return new VmSpec.Topology(
                topology.getSockets(), topology.getCoresPerSocket(), topology.getThreadsPerCore());
    }

    private static VmSpec.Memory memory(MemoryConfig memory) {
        return new VmSpec.Memory(
                memory.getSizeBytes(),
                memory.getHotplugEnabled(),
                memory.getMaxSizeBytes(),
                memory.getBackingMap());
    }

    private static VmSpec.Boot boot(BootConfig boot) {
        return new VmSpec.Boot(
                boot.getKernelPath(),
                boot.getInitrdPath(),
                boot.getKernelArgs(),
                boot.getBootOptionsMap());
    }

    private static VmSpec.Devices devices(VmConfig config) {
        return new VmSpec.Devices(
                config.getStorageList().stream().map(ConfigReader::disk).toList(),
                config.getNetworkList().stream().map(ConfigReader::nic).toList(),
                config.hasConsole() ? Optional.of(console(config.getConsole())) : Optional.empty());
    }

    private static VmSpec.Disk disk(StorageDevice disk) {
        return new VmSpec.Disk(
                disk.getId(),
                disk.getPath(),
                disk.getReadOnly(),
                disk.getIsRootDevice(),
                disk.getInterfaceType(),
                disk.getOptionsMap());
    }

    private static VmSpec.Nic nic(NetworkInterface nic) {
        return new VmSpec.Nic(
                nic.getId(),
                nic.getMacAddress(),
                nic.getTapDevice(),
                nic.getInterfaceType(),
                nic.getOptionsMap());
    }

    private static VmSpec.Console console(ConsoleConfig console) {
        return new VmSpec.Console(
                console.getEnabled(),
                console.getOutput(),
                console.getInput(),
                console.getConsoleType());
    }
}
