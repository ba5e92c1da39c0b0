package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.BootConfig;
import com.unkey.vmcp.api.v1.ConsoleConfig;
import com.unkey.vmcp.api.v1.CpuConfig;
import com.unkey.vmcp.api.v1.CpuTopology;
import com.unkey.vmcp.api.v1.MemoryConfig;
import com.unkey.vmcp.api.v1.NetworkInterface;
import com.unkey.vmcp.api.v1.StorageDevice;
import com.unkey.vmcp.api.v1.VmConfig;

/** Configs to send. */
final class Configs {

    private Configs() {}

    /** Every field set, each to a value of its own. */
    static VmConfig full() {
        return VmConfig.newBuilder()
                .setCpu(
                        CpuConfig.newBuilder()
                                .setVcpuCount(2)
                                .setMaxVcpuCount(24)
                                .setTopology(
                                        CpuTopology.newBuilder()
                                                .setSockets(2)
                                                .setCoresPerSocket(3)
                                                .setThreadsPerCore(4))
                                .putFeatures("avx", "off"))
                .setMemory(
                        MemoryConfig.newBuilder()
                                .setSizeBytes(1L << 33)
                                .setHotplugEnabled(true)
                                .setMaxSizeBytes(1L << 34)
                                .putBacking("hugepages", "2M"))
                .setBoot(
                        BootConfig.newBuilder()
                                .setKernelPath("/boot/vmlinuz")
                                .setInitrdPath("/boot/initrd")
                                .setKernelArgs("console=ttyS0 <quiet>")
                                .putBootOptions("on_guest_reset", "restart"))
                .addStorage(
                        StorageDevice.newBuilder()
                                .setId("root")
                                .setPath("/disks/a.qcow2")
                                .setReadOnly(true)
                                .setIsRootDevice(true)
                                .setInterfaceType("virtio")
                                .putOptions("format", "qcow2"))
                .addStorage(StorageDevice.newBuilder().setPath("/disks/b.raw"))
                .addNetwork(
                        NetworkInterface.newBuilder()
                                .setId("eth0")
                                .setMacAddress("52:54:00:12:34:56")
                                .setTapDevice("tap0")
                                .setInterfaceType("virtio-net")
                                .putOptions("mtu", "1500"))
                .setConsole(
                        ConsoleConfig.newBuilder()
                                .setEnabled(true)
                                .setOutput("/var/log/vm.log")
                                .setInput("/dev/null")
                                .setConsoleType("serial"))
                .putMetadata("team", "plätform")
                .build();
    }

    /** Every message there, nothing in any of them. */
    static VmConfig hollow() {
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setTopology(CpuTopology.getDefaultInstance()))
                .setMemory(MemoryConfig.getDefaultInstance())
                .setBoot(BootConfig.getDefaultInstance())
                .addStorage(StorageDevice.getDefaultInstance())
                .addNetwork(NetworkInterface.getDefaultInstance())
                .setConsole(ConsoleConfig.getDefaultInstance())
                .build();
    }
}
