package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.http.HttpRequest;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
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
import org.junit.jupiter.api.Test;

class GuestConfigTest {

    private static final Path KERNEL = Path.of("/k");

    private static List<Setting> settings(Vms vm) {
        return GuestConfig.of(vm.plan().definition(), KERNEL, file -> Path.of("/inside" + file));
    }

    private static String body(Vms vm, String path) {
        return settings(vm).stream()
                .map(Setting::call)
                .filter(call -> call.path().equals(path))
                .flatMap(call -> call.body().stream())
                .findFirst()
                .orElseThrow();
    }

    private static Disk disk(String id, boolean root, Map<String, String> options) {
        return new Disk(id, "/" + id, false, root, "", options);
    }

    private static Vms withDisk(Vms vm, String id, boolean root, Map<String, String> options) {
        return vm.disk(Path.of("/host/" + id), DiskFormat.RAW, disk(id, root, options));
    }

    @Test
    void aSmallVmIsToldByTwoCalls() {
        assertThat(settings(Vms.of(KERNEL).kernelArgs("reboot=k")))
                .containsExactly(
                        new Setting(
                                HttpRequest.put(
                                        "/machine-config",
                                        "{\"vcpu_count\":1,\"smt\":false,\"mem_size_mib\":64}"),
                                "config.cpu and config.memory"),
                        new Setting(
                                HttpRequest.put(
                                        "/boot-source",
                                        "{\"kernel_image_path\":\"/inside/k\","
                                                + "\"boot_args\":\"reboot=k\"}"),
                                "config.boot"));
    }

    @Test
    void theMachine() {
        Cpu cpu = new Cpu(4, 8, Optional.of(new Topology(1, 2, 2)), Map.of("cpu_template", "T2S"));
        Memory memory = new Memory(128 * Vms.MIB, true, 384 * Vms.MIB, Map.of("hugepages", "on"));
        Vms vm = Vms.of(KERNEL).cpu(cpu).memory(memory);
        assertThat(body(vm, "/machine-config"))
                .isEqualTo(
                        "{\"vcpu_count\":4,\"smt\":true,\"cpu_template\":\"T2S\","
                                + "\"mem_size_mib\":128,\"huge_pages\":\"2M\"}");
        assertThat(body(vm, "/hotplug/memory")).isEqualTo("{\"total_size_mib\":256}");
    }

    @Test
    void theInitrd() {
        assertThat(
                        body(
                                Vms.of(KERNEL).initrd(Path.of("/i")).kernelArgs("reboot=k"),
                                "/boot-source"))
                .contains("\"initrd_path\":\"/inside/i\"");
    }

    @Test
    void theRootDiskComesFirst() {
        Vms vm = withDisk(Vms.of(KERNEL), "data-1", false, Map.of());
        withDisk(vm, "system", true, Map.of("partuuid", "ab-1"));
        assertThat(settings(vm).stream().map(Setting::call).map(HttpRequest::path).toList())
                .containsExactly(
                        "/machine-config", "/boot-source", "/drives/system", "/drives/data_1");
        assertThat(body(vm, "/drives/system"))
                .isEqualTo(
                        "{\"drive_id\":\"system\",\"path_on_host\":\"/inside/host/system\","
                                + "\"is_read_only\":false,\"is_root_device\":true,"
                                + "\"partuuid\":\"ab-1\"}");
        assertThat(settings(vm).getLast().field()).isEqualTo("config.storage[0]");
    }

    @Test
    void aRootOfTheClientsLeavesTheDiskFirstAndUnmarked() {
        Vms vm = withDisk(Vms.of(KERNEL), "data", false, Map.of());
        withDisk(vm, "system", true, Map.of()).kernelArgs("root=/dev/vda1");
        assertThat(settings(vm).get(2).call().path()).isEqualTo("/drives/system");
        assertThat(body(vm, "/drives/system")).contains("\"is_root_device\":false");
    }

    @Test
    void optionsOfDisks() {
        Map<String, String> options =
                Map.of(
                        "io_engine", "Async",
                        "cache_type", "Writeback",
                        "bw_size", "100",
                        "bw_refill_time", "1000",
                        "ops_size", "10",
                        "ops_refill_time", "100",
                        "ops_one_time_burst", "20");
        assertThat(body(withDisk(Vms.of(KERNEL), "d", false, options), "/drives/d"))
                .endsWith(
                        "\"is_root_device\":false,\"io_engine\":\"Async\","
                                + "\"cache_type\":\"Writeback\",\"rate_limiter\":{"
                                + "\"bandwidth\":{\"size\":100,\"refill_time\":1000},"
                                + "\"ops\":{\"size\":10,\"refill_time\":100,"
                                + "\"one_time_burst\":20}}}");
    }

    @Test
    void interfaces() {
        Map<String, String> options =
                Map.of("mtu", "1400", "bw_size", "100", "bw_refill_time", "1000");
        Vms vm = Vms.of(KERNEL).nic(new Nic("n-1", "02:00:00:00:00:01", "tap0", "", options));
        String limit = "{\"bandwidth\":{\"size\":100,\"refill_time\":1000}}";
        assertThat(body(vm, "/network-interfaces/n_1"))
                .isEqualTo(
                        "{\"iface_id\":\"n_1\",\"host_dev_name\":\"tap0\","
                                + "\"guest_mac\":\"02:00:00:00:00:01\",\"mtu\":1400,"
                                + "\"rx_rate_limiter\":%s,\"tx_rate_limiter\":%s}"
                                        .formatted(limit, limit));
    }
}
