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

/** A spec as the API's config: the way back of {@link ConfigReader}. */
final class ConfigWriter {

    private ConfigWriter() {}

    static VmConfig write(VmSpec spec) {
        VmConfig.Builder config = VmConfig.newBuilder().putAllMetadata(spec.metadata());
        spec.cpu().map(ConfigWriter::cpu).ifPresent(config::setCpu);
        spec.memory().map(ConfigWriter::memory).ifPresent(config::setMemory);
        spec.boot().map(ConfigWriter::boot).ifPresent(config::setBoot);
        spec.devices().disks().stream().map(ConfigWriter::disk).forEach(config::addStorage);
        spec.devices().nics().stream().map(ConfigWriter::nic).forEach(config::addNetwork);
        spec.devices().console().map(ConfigWriter::console).ifPresent(config::setConsole);
        return config.build();
    }

    private static CpuConfig cpu(VmSpec.Cpu cpu) {
        CpuConfig.Builder out =
                CpuConfig.newBuilder()
                        .setVcpuCount(cpu.count())
                        .setMaxVcpuCount(cpu.maxCount())
                        .putAllFeatures(cpu.features());
        cpu.topology().map(ConfigWriter::topology).ifPresent(out::setTopology);
        return out.build();
    }

    private static CpuTopology topology(VmSpec.Topology topology) {
        return CpuTopology.newBuilder()
                .setSockets(topology.sockets())
                .setCoresPerSocket(topology.coresPerSocket())
                .setThreadsPerCore(topology.threadsPerCore())
                .build();
    }

    private static MemoryConfig memory(VmSpec.Memory memory) {
        return MemoryConfig.newBuilder()
                .setSizeBytes(memory.sizeBytes())
                .setHotplugEnabled(memory.hotplug())
                .setMaxSizeBytes(memory.maxSizeBytes())
                .putAllBacking(memory.backing())
                .build();
    }

    private static BootConfig boot(VmSpec.Boot boot) {
        return BootConfig.newBuilder()
                .setKernelPath(boot.kernelPath())
                .setInitrdPath(boot.initrdPath())
                .setKernelArgs(boot.kernelArgs())
                .putAllBootOptions(boot.options())
                .build();
    }

    private static StorageDevice disk(VmSpec.Disk disk) {
        return StorageDevice.newBuilder()
                .setId(disk.id())
                .setPath(disk.path())
                .setReadOnly(disk.readOnly())
                .setIsRootDevice(disk.root())
                .setInterfaceType(disk.interfaceType())
                .putAllOptions(disk.options())
                .build();
    }

    private static NetworkInterface nic(VmSpec.Nic nic) {
        return NetworkInterface.newBuilder()
                .setId(nic.id())
                .setMacAddress(nic.macAddress())
                .setTapDevice(nic.tapDevice())
                .setInterfaceType(nic.interfaceType())
                .putAllOptions(nic.options())
                .build();
    }

    private static ConsoleConfig console(VmSpec.Console console) {
        return ConsoleConfig.newBuilder()
                .setEnabled(console.enabled())
                .setOutput(console.output())
                .setInput(console.input())
                .setConsoleType(console.type())
                .build();
    }
}
