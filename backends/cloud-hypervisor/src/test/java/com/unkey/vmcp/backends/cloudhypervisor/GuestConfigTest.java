package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code vm.create} is told, field by field. */
class GuestConfigTest {

    private static final Path KERNEL = Path.of("/opt/kernels/vmlinux");
    private static final Path RUN = Path.of("/run/vm");
    private static final Path IMAGE = Path.of("/var/lib/vms/vm.img");

    private static JsonNode config(Vms vm) {
        LaunchPlan plan = vm.plan();
        return GuestConfig.of(plan, RunFiles.of(RUN, plan));
    }

    private static void same(JsonNode node, String json) {
        // As text, since a tree tells an int of 1 from a long of 1.
        assertThat(JsonMapper.shared().readTree(node.toString()))
                .isEqualTo(JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    @Test
    void theLeastVm() {
        same(
                config(Vms.of(KERNEL)),
                """
                {'cpus': {'boot_vcpus': 1, 'max_vcpus': 1},
                 'memory': {'size': 67108864, 'shared': false, 'prefault': false, 'hugepages': false},
                 'payload': {'kernel': '/opt/kernels/vmlinux', 'cmdline': 'console=ttyS0 panic=-1'},
                 'serial': {'mode': 'File', 'file': '/run/vm/console.log'},
                 'console': {'mode': 'Off'}}
                """);
    }

    @Test
    void processorsTopologyAndFeatures() {
        Cpu cpu =
                new Cpu(
                        2,
                        8,
                        Optional.of(new Topology(2, 2, 2)),
                        Map.of("amx", "on", "nested", "off", "kvm_hyperv", "true"));
        same(
                config(Vms.of(KERNEL).cpu(cpu)).path("cpus"),
                """
                {'boot_vcpus': 2, 'max_vcpus': 8,
                 'topology': {'threads_per_core': 2, 'cores_per_die': 2, 'dies_per_package': 1,
                              'packages': 2},
                 'features': {'amx': true}, 'nested': false, 'kvm_hyperv': true}
                """);
    }

    @Test
    void memoryThatCanGrow() {
        Memory memory =
                new Memory(
                        256 * Vms.MIB,
                        true,
                        1024 * Vms.MIB,
                        Map.of("hotplug_method", "virtio-mem"));
        same(
                config(Vms.of(KERNEL).memory(memory)).path("memory"),
                """
                {'size': 268435456, 'hotplug_size': 805306368, 'hotplug_method': 'VirtioMem',
                 'shared': false, 'prefault': false, 'hugepages': false}
                """);
    }

    @Test
    void aLimitWithoutHotplugMeansNothing() {
        Memory memory = new Memory(256 * Vms.MIB, false, 1024 * Vms.MIB, Map.of());
        assertThat(config(Vms.of(KERNEL).memory(memory)).path("memory").has("hotplug_size"))
                .isFalse();
    }

    @Test
    void memoryBacking() {
        Memory memory =
                new Memory(
                        1024 * Vms.MIB,
                        false,
                        0,
                        Map.of(
                                "shared", "on",
                                "hugepages", "on",
                                "hugepage_size", "2M",
                                "prefault", "on",
                                "thp", "off"));
        same(
                config(Vms.of(KERNEL).memory(memory)).path("memory"),
                """
                {'size': 1073741824, 'shared': true, 'prefault': true, 'thp': false,
                 'hugepages': true, 'hugepage_size': 2097152}
                """);
    }

    @Test
    void initrdAndArgumentsAsGiven() {
        same(
                config(
                                Vms.of(KERNEL)
                                        .initrd(Path.of("/opt/initrd"))
                                        .kernelArgs("console=ttyS0 quiet"))
                        .path("payload"),
                """
                {'kernel': '/opt/kernels/vmlinux', 'initramfs': '/opt/initrd',
                 'cmdline': 'console=ttyS0 quiet'}
                """);
    }

    @Test
    void firmwareTakesNoArguments() {
        Vms vm =
                Vms.firmware(Path.of("/opt/CLOUDHV.fd"))
                        .bootOptions(Map.of("firmware", "/opt/CLOUDHV.fd"));
        same(config(vm).path("payload"), "{'firmware': '/opt/CLOUDHV.fd'}");
    }

    @Test
    void theRootDiskIsFirstAndTheKernelIsToldSo() {
        Vms vm =
                Vms.of(KERNEL)
                        .disk(IMAGE, DiskFormat.RAW, disk("data", false, Map.of()))
                        .disk(IMAGE, DiskFormat.QCOW2, disk("system", true, Map.of()));
        JsonNode config = config(vm);
        same(
                config.path("disks"),
                """
                [{'id': 'system', 'path': '/var/lib/vms/vm.img', 'readonly': false,
                  'image_type': 'Qcow2'},
                 {'id': 'data', 'path': '/var/lib/vms/vm.img', 'readonly': false,
                  'image_type': 'Raw'}]
                """);
        assertThat(config.path("payload").path("cmdline").asString())
                .isEqualTo("console=ttyS0 panic=-1 root=/dev/vda rw");
    }

    @Test
    void aRootOfTheClientsOwnWins() {
        Vms vm =
                Vms.of(KERNEL)
                        .kernelArgs("console=ttyS0 root=/dev/vda1")
                        .disk(IMAGE, DiskFormat.RAW, disk("system", true, Map.of()));
        assertThat(config(vm).path("payload").path("cmdline").asString())
                .isEqualTo("console=ttyS0 root=/dev/vda1");
    }

    @Test
    void diskOptions() {
        Map<String, String> options =
                Map.of(
                        "format", "raw",
                        "direct", "on",
                        "num_queues", "1",
                        "queue_size", "256",
                        "serial", "disk-1",
                        "bw_size", "10485760",
                        "bw_refill_time", "1000",
                        "ops_size", "500",
                        "ops_refill_time", "100",
                        "ops_one_time_burst", "72057594037927936");
        Vms vm = Vms.of(KERNEL).disk(IMAGE, DiskFormat.RAW, disk("d", false, options));
        same(
                config(vm).path("disks").path(0),
                """
                {'id': 'd', 'path': '/var/lib/vms/vm.img', 'readonly': false, 'image_type': 'Raw',
                 'direct': true, 'num_queues': 1, 'queue_size': 256, 'serial': 'disk-1',
                 'rate_limiter_config': {
                   'bandwidth': {'size': 10485760, 'refill_time': 1000},
                   'ops': {'size': 500, 'refill_time': 100,
                           'one_time_burst': 72057594037927936}}}
                """);
    }

    private static Disk disk(String id, boolean root, Map<String, String> options) {
        return new Disk(id, IMAGE.toString(), false, root, "", options);
    }

    @Test
    void networkInterfaces() {
        Map<String, String> options =
                Map.of(
                        "mtu", "9000",
                        "num_queues", "2",
                        "queue_size", "512",
                        "ip", "192.168.249.1",
                        "mask", "255.255.255.0",
                        "host_mac", "02:00:00:00:00:01",
                        "bw_size", "1000",
                        "bw_refill_time", "200");
        Nic nic = new Nic("net0", "02:00:00:00:00:02", "tap0", "virtio", options);
        same(
                config(Vms.of(KERNEL).nic(nic)).path("net"),
                """
                [{'id': 'net0', 'mac': '02:00:00:00:00:02', 'tap': 'tap0', 'mtu': 9000,
                  'num_queues': 2, 'queue_size': 512, 'ip': '192.168.249.1',
                  'mask': '255.255.255.0', 'host_mac': '02:00:00:00:00:01',
                  'rate_limiter_config': {'bandwidth': {'size': 1000, 'refill_time': 200}}}]
                """);
    }

    @Test
    void consoles() {
        same(serial(new Console(true, "", "", "pty")), "{'mode': 'Pty'}");
        same(
                serial(new Console(true, "", "", "socket")),
                "{'mode': 'Socket', 'socket': '/run/vm/console.sock'}");
        same(serial(new Console(false, "", "", "")), "{'mode': 'Off'}");
        same(
                serial(new Console(true, "", "", "file")),
                "{'mode': 'File', 'file': '/run/vm/console.log'}");
    }

    private static JsonNode serial(Console console) {
        return config(Vms.of(KERNEL).console(console, Optional.empty())).path("serial");
    }

    @Test
    void aConsoleFileOfTheClientsChoice() {
        Path file = Path.of("/var/log/guest.log");
        Vms vm =
                Vms.of(KERNEL)
                        .console(new Console(true, file.toString(), "", ""), Optional.of(file));
        same(config(vm).path("serial"), "{'mode': 'File', 'file': '/var/log/guest.log'}");
    }
}
