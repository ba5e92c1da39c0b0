package com.unkey.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecRulesTest {

    private static final long MIB = 1 << 20;

    @Test
    void aPlainSpecIsRight() {
        assertThat(SpecRules.check(spec(cpu(2, 4), memory(512 * MIB)))).isEmpty();
    }

    @Test
    void whatIsMissingIsNamed() {
        VmSpec empty =
                new VmSpec(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new Devices(List.of(), List.of(), Optional.empty()),
                        Map.of());

        assertThat(fields(empty)).containsExactly("config.cpu", "config.memory");
    }

    @Test
    void everythingWrongIsSaidAtOnce() {
        VmSpec spec =
                spec(cpu(0, -1), memory(0))
                        .withDevices(
                                new Devices(
                                        List.of(disk("a", true), disk("a", true)),
                                        List.of(nic("n", "01:00:00:00:00:01", "t".repeat(16))),
                                        Optional.empty()));

        assertThat(fields(spec))
                .containsExactly(
                        "config.cpu.vcpu_count",
                        "config.cpu.max_vcpu_count",
                        "config.memory.size_bytes",
                        "config.storage[1].id",
                        "config.storage",
                        "config.network[0].mac_address",
                        "config.network[0].tap_device");
    }

    @Test
    void onlyOneOfKernelAndFirmwareIsBooted() {
        assertThat(SpecRules.check(booting("/k", "", "", Map.of("firmware", "/f"))))
                .containsExactly(
                        new Violation(
                                "config.boot.kernel_path",
                                "and config.boot.boot_options.firmware are both set:"
                                        + " only one can be booted"));
        assertThat(fields(booting("", "/i", "quiet", Map.of("firmware", "/f"))))
                .containsExactly("config.boot.initrd_path", "config.boot.kernel_args");
        assertThat(fields(booting("", "", "", Map.of("firmware", "/f")))).isEmpty();
        assertThat(fields(booting("/k", "/i", "quiet", Map.of()))).isEmpty();
    }

    private static VmSpec booting(
            String kernel, String initrd, String arguments, Map<String, String> options) {
        VmSpec spec = spec(cpu(1, 0), memory(MIB));
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                Optional.of(new Boot(kernel, initrd, arguments, options)),
                spec.devices(),
                Map.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, SpecRules.MAX_VCPUS + 1})
    void vcpuCountOutOfRangeIsRefusedWithItsValue(int count) {
        assertThat(SpecRules.check(spec(cpu(count, 0), memory(MIB))))
                .singleElement()
                .satisfies(v -> assertThat(v.field()).isEqualTo("config.cpu.vcpu_count"))
                .satisfies(v -> assertThat(v.message()).endsWith("got " + count));
    }

    @Test
    void fewerVcpusAtMostThanAtBootAreRefused() {
        assertThat(fields(spec(cpu(4, 2), memory(MIB))))
                .containsExactly("config.cpu.max_vcpu_count");
    }

    @ParameterizedTest
    @CsvSource({"2,2,1,true", "1,2,1,false", "0,4,1,false", "4,1,1,true", "65536,65536,1,false"})
    void topologyMultipliesToTheMostVcpus(int sockets, int cores, int threads, boolean right) {
        Cpu cpu = new Cpu(2, 4, Optional.of(new Topology(sockets, cores, threads)), Map.of());

        assertThat(SpecRules.check(spec(cpu, memory(MIB))).isEmpty()).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource({"-4096,false", "0,false", "4095,false", "4097,false", "4096,true"})
    void memoryIsPositiveAndInPages(long size, boolean right) {
        assertThat(SpecRules.check(spec(cpu(1, 0), memory(size))).isEmpty()).isEqualTo(right);
    }

    @Test
    void hotplugNeedsRoomToGrow() {
        Memory memory = new Memory(2 * MIB, true, MIB, Map.of());

        assertThat(fields(spec(cpu(1, 0), memory))).containsExactly("config.memory.max_size_bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "02:00:00:00:00",
                "02-00-00-00-00-01",
                "g2:00:00:00:00:01",
                "03:00:00:00:00:01"
            })
    void malformedAndMulticastMacsAreRefused(String mac) {
        assertThat(fields(withNics(nic("", mac, "tap0"))))
                .containsExactly("config.network[0].mac_address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sixteen-letters-", "a/b", "a b", "..", "."})
    void tapNamesThatNoDeviceCanHaveAreRefused(String tap) {
        assertThat(fields(withNics(nic("", "", tap))))
                .containsExactly("config.network[0].tap_device");
    }

    @Test
    void theSameMacOrTapTwiceIsRefused() {
        assertThat(
                        fields(
                                withNics(
                                        nic("", "02:00:00:00:00:aa", "tap0"),
                                        nic("", "02:00:00:00:00:AA", "tap0"))))
                .containsExactly("config.network[1].mac_address", "config.network[1].tap_device");
    }

    @Test
    void idsMayBeLeftOutMoreThanOnce() {
        assertThat(fields(withNics(nic("", "", ""), nic("", "", "")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../etc", "a,b", "é"})
    void deviceIdsKeepToTheirAlphabet(String id) {
        assertThat(fields(withNics(nic(id, "", "tap0")))).containsExactly("config.network[0].id");
    }

    @Test
    void kernelArgumentsAreOneLine() {
        VmSpec spec =
                new VmSpec(
                        Optional.of(cpu(1, 0)),
                        Optional.of(memory(MIB)),
                        Optional.of(new Boot("/k", "", "a\nb", Map.of())),
                        new Devices(List.of(), List.of(), Optional.empty()),
                        Map.of());

        assertThat(fields(spec)).containsExactly("config.boot.kernel_args");
    }

    private static List<String> fields(VmSpec spec) {
        return SpecRules.check(spec).stream().map(Violation::field).toList();
    }

    private static Cpu cpu(int count, int most) {
        return new Cpu(count, most, Optional.empty(), Map.of());
    }

    private static Memory memory(long size) {
        return new Memory(size, false, 0, Map.of());
    }

    private static Disk disk(String id, boolean root) {
        return new Disk(id, "/disk", false, root, "", Map.of());
    }

    private static Nic nic(String id, String mac, String tap) {
        return new Nic(id, mac, tap, "", Map.of());
    }

    private static VmSpec withNics(Nic... nics) {
        return spec(cpu(1, 0), memory(MIB))
                .withDevices(new Devices(List.of(), List.of(nics), Optional.empty()));
    }

    private static VmSpec spec(Cpu cpu, Memory memory) {
        return new VmSpec(
                Optional.of(cpu),
                Optional.of(memory),
                Optional.of(new Boot("/kernel", "", "", Map.of())),
                new Devices(List.of(), List.of(), Optional.empty()),
                Map.of());
    }
}
