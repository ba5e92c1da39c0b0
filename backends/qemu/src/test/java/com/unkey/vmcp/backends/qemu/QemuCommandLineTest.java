package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.qemu.accel.Accelerator;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QemuCommandLineTest {

    private static final Path KERNEL = Path.of("/images/kernel,v1");

    @Test
    void aSmallVmOnQ35IsWrittenOutInFull() {
        LaunchPlan plan = Vms.of(KERNEL).plan();
        String id = plan.shortId().value();

        assertThat(words(plan, Machine.Q35, Accelerator.TCG))
                .containsExactly(
                        "/usr/bin/qemu-system-x86_64",
                        "-name",
                        "guest=" + plan.identity().id() + ",process=vmm-" + id,
                        "-no-user-config",
                        "-nodefaults",
                        "-display",
                        "none",
                        "-S",
                        "-accel",
                        "tcg",
                        "-cpu",
                        "max",
                        "-smp",
                        "1",
                        "-M",
                        "q35",
                        "-m",
                        "64M",
                        "-kernel",
                        "/images/kernel,v1",
                        "-append",
                        "console=ttyS0 reboot=t panic=-1",
                        "-chardev",
                        "file,id=con0,path=/run,,d/x/console.log,append=on",
                        "-serial",
                        "chardev:con0",
                        "-qmp",
                        "unix:/run,,d/x/qmp.sock,server=on,wait=off",
                        "-action",
                        "reboot=reset,shutdown=pause,panic=pause",
                        "-sandbox",
                        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    }

    @Test
    void microvmKeepsAcpiForThePowerButton() {
        LaunchPlan plan = Vms.of(KERNEL).disk(Path.of("/d"), DiskFormat.RAW, false, true).plan();
        List<String> words = words(plan, Machine.MICROVM, Accelerator.KVM);

        assertThat(after(words, "-M")).containsExactly("microvm,acpi=on,pcie=off");
        assertThat(after(words, "-accel")).containsExactly("kvm");
        assertThat(after(words, "-cpu")).containsExactly("host");
        assertThat(after(words, "-device"))
                .containsExactly("virtio-blk-device,id=vdisk0,drive=disk0");
    }

    @Test
    void theRootDiskComesFirstAndIsNamedToTheKernel() {
        LaunchPlan plan =
                Vms.of(KERNEL)
                        .disk(Path.of("/data,1.img"), DiskFormat.RAW, true, false)
                        .disk(Path.of("/root.qcow2"), DiskFormat.QCOW2, false, true)
                        .plan();
        List<String> words = words(plan, Machine.Q35, Accelerator.TCG);

        assertThat(after(words, "-blockdev"))
                .containsExactly(
                        "driver=qcow2,node-name=disk1,read-only=off,file.driver=file,file.filename=/root.qcow2",
                        "driver=raw,node-name=disk0,read-only=on,file.driver=file,file.filename=/data,,1.img");
        assertThat(after(words, "-device"))
                .containsExactly(
                        "virtio-blk-pci,id=vdisk1,drive=disk1",
                        "virtio-blk-pci,id=vdisk0,drive=disk0");
        assertThat(after(words, "-append"))
                .containsExactly("console=ttyS0 reboot=t panic=-1 root=/dev/vda rw");
    }

    @Test
    void diskOptionsReachNodeAndDevice() {
        Map<String, String> options =
                Map.of(
                        "format", "raw",
                        "direct", "on",
                        "aio", "native",
                        "serial", "abc",
                        "num_queues", "2",
                        "queue_size", "256");
        Disk disk = new Disk("my disk", "/d", false, false, "virtio-blk", options);
        List<String> words =
                words(
                        Vms.of(KERNEL).disk(Path.of("/dev/sdx"), DiskFormat.RAW, disk).plan(),
                        Machine.Q35,
                        Accelerator.TCG);

        assertThat(after(words, "-blockdev"))
                .containsExactly(
                        "driver=raw,node-name=disk0,read-only=off,cache.direct=on,file.driver=host_device,file.filename=/dev/sdx,file.cache.direct=on,file.aio=native");
        assertThat(after(words, "-device"))
                .containsExactly(
                        "virtio-blk-pci,id=vdisk0,drive=disk0,serial=abc,num-queues=2,queue-size=256");
    }

    @Test
    void kernelArgumentsAreKeptAsGiven() {
        assertThat(append("quiet root=/dev/vdb  x", false)).isEqualTo("quiet root=/dev/vdb  x");
        assertThat(append("quiet", true)).isEqualTo("quiet root=/dev/vda ro");
        assertThat(append("ro quiet", false)).isEqualTo("ro quiet root=/dev/vda");
        assertThat(append("noroot=1", false)).isEqualTo("noroot=1 root=/dev/vda rw");
    }

    private static String append(String given, boolean readOnly) {
        LaunchPlan plan =
                Vms.of(KERNEL)
                        .kernelArgs(given)
                        .disk(Path.of("/d"), DiskFormat.RAW, readOnly, true)
                        .plan();
        return after(words(plan, Machine.Q35, Accelerator.TCG), "-append").getFirst();
    }

    @Test
    void tapsAreNamedByTheClientOrByUs() {
        LaunchPlan plan =
                Vms.of(KERNEL)
                        .nic(new Nic("", "02:00:00:00:00:01", "tap7", "", Map.of()))
                        .nic(new Nic("", "02:00:00:00:00:02", "", "virtio-net", Map.of()))
                        .plan();
        List<String> words = words(plan, Machine.Q35, Accelerator.TCG);

        assertThat(after(words, "-netdev"))
                .containsExactly(
                        "tap,id=net0,ifname=tap7,script=no,downscript=no",
                        "tap,id=net1,ifname=v%sn1,script=no,downscript=no"
                                .formatted(plan.shortId()));
        assertThat(after(words, "-device"))
                .containsExactly(
                        "virtio-net-pci,id=vnet0,netdev=net0,mac=02:00:00:00:00:01,romfile=",
                        "virtio-net-pci,id=vnet1,netdev=net1,mac=02:00:00:00:00:02,romfile=");
        assertThat(TapDevices.names(plan).get(1)).hasSizeLessThanOrEqualTo(15);
    }

    @Test
    void nicOptionsReachTapAndDevice() {
        Map<String, String> options = Map.of("mtu", "1400", "queues", "2", "vhost", "on");
        LaunchPlan plan =
                Vms.of(KERNEL).nic(new Nic("n", "02:00:00:00:00:01", "t", "", options)).plan();

        List<String> q35 = words(plan, Machine.Q35, Accelerator.TCG);
        assertThat(after(q35, "-netdev"))
                .containsExactly(
                        "tap,id=net0,ifname=t,script=no,downscript=no,queues=2,vhost=on,vhostforce=on");
        assertThat(after(q35, "-device"))
                .containsExactly(
                        "virtio-net-pci,id=vnet0,netdev=net0,mac=02:00:00:00:00:01,host_mtu=1400,mq=on,vectors=6,romfile=");
        assertThat(after(words(plan, Machine.MICROVM, Accelerator.TCG), "-device"))
                .containsExactly(
                        "virtio-net-device,id=vnet0,netdev=net0,mac=02:00:00:00:00:01,host_mtu=1400,mq=on");
    }

    @Test
    void processorsHaveRoomToGrowOnQ35Only() {
        Cpu cpu = new Cpu(2, 4, Optional.of(new Topology(1, 4, 1)), Map.of());
        LaunchPlan plan = Vms.of(KERNEL).cpu(cpu).plan();
        LaunchPlan plain = Vms.of(KERNEL).cpu(new Cpu(2, 4, Optional.empty(), Map.of())).plan();

        assertThat(after(words(plan, Machine.Q35, Accelerator.TCG), "-smp"))
                .containsExactly("2,maxcpus=4,sockets=1,cores=4,threads=1");
        assertThat(after(words(plain, Machine.MICROVM, Accelerator.TCG), "-smp"))
                .containsExactly("2");
    }

    @Test
    void cpuFeaturesAreEnforced() {
        Cpu cpu = new Cpu(1, 0, Optional.empty(), Map.of("sse4.2", "on", "aes", "off"));
        List<String> words = words(Vms.of(KERNEL).cpu(cpu).plan(), Machine.Q35, Accelerator.KVM);

        assertThat(after(words, "-cpu")).containsExactly("host,aes=off,sse4.2=on,enforce=on");
    }

    @Test
    void memoryMayGrowAndBeBacked() {
        Memory memory =
                new Memory(
                        64 * Vms.MIB + 4096,
                        true,
                        128 * Vms.MIB,
                        Map.of("shared", "on", "prefault", "on"));
        List<String> words =
                words(Vms.of(KERNEL).memory(memory).plan(), Machine.Q35, Accelerator.TCG);

        assertThat(after(words, "-m")).containsExactly("65540K,slots=8,maxmem=128M");
        assertThat(after(words, "-object"))
                .containsExactly("memory-backend-memfd,id=ram0,size=65540K,share=on,prealloc=on");
        assertThat(after(words, "-M")).containsExactly("q35,memory-backend=ram0");
    }

    @Test
    void hugePagesAreAskedFor() {
        Map<String, String> backing = Map.of("hugepages", "true", "hugepage_size", "2M");
        Memory memory = new Memory(64 * Vms.MIB, false, 0, backing);
        List<String> words =
                words(Vms.of(KERNEL).memory(memory).plan(), Machine.MICROVM, Accelerator.TCG);

        assertThat(after(words, "-object"))
                .containsExactly(
                        "memory-backend-memfd,id=ram0,size=64M,share=off,hugetlb=on,hugetlbsize=2M");
    }

    @Test
    void theConsoleGoesWhereTheClientWantsOrNowhere() {
        Path output = Path.of("/var/log/vm.log");
        LaunchPlan named =
                Vms.of(KERNEL)
                        .console(
                                new Console(true, "/var/log/vm.log", "", "file"),
                                Optional.of(output))
                        .plan();
        LaunchPlan off =
                Vms.of(KERNEL).console(new Console(false, "", "", ""), Optional.empty()).plan();

        assertThat(after(words(named, Machine.Q35, Accelerator.TCG), "-chardev"))
                .containsExactly("file,id=con0,path=/var/log/vm.log,append=on");
        assertThat(after(words(off, Machine.Q35, Accelerator.TCG), "-chardev"))
                .containsExactly("null,id=con0");
    }

    @Test
    void anInitrdIsPassedOn() {
        LaunchPlan plan = Vms.of(KERNEL).initrd(Path.of("/images/initrd")).plan();
        assertThat(after(words(plan, Machine.Q35, Accelerator.TCG), "-initrd"))
                .containsExactly("/images/initrd");
    }

    private static List<String> words(LaunchPlan plan, Machine machine, Accelerator accelerator) {
        RunFiles files = RunFiles.of(Path.of("/run,d/x"), plan);
        return QemuCommandLine.of(
                plan,
                new QemuCommandLine.Setup(
                        Path.of("/usr/bin/qemu-system-x86_64"),
                        machine,
                        accelerator,
                        files,
                        path -> path.startsWith("/dev")));
    }

    /** The values of an option, in order. */
    private static List<String> after(List<String> words, String option) {
        return IntStream.range(1, words.size())
                .filter(i -> words.get(i - 1).equals(option))
                .mapToObj(words::get)
                .toList();
    }
}
