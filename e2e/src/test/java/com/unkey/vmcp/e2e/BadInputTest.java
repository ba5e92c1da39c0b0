package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Requests that must be refused, by name of every field, with nothing left of them. */
class BadInputTest {

    private static Bench bench;
    private static VmConfigs good;

    /** What is wrong with a config, and the fields that must be named for it. */
    private record Wrong(String what, VmConfigs config, List<String> fields) {}

    private static Wrong wrong(String what, VmConfigs config, String... fields) {
        return new Wrong(what, config, List.of(fields));
    }

    @BeforeAll
    static void start() throws Exception {
        bench = Bench.start();
        good = VmConfigs.mini(bench.home());
        Files.write(file("disk"), new byte[512]);
        Files.writeString(file("garbage"), "no kernel at all\n".repeat(400));
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(bench.client().states()).isEmpty();
        assertThat(bench.vmms()).isEmpty();
        assertThat(bench.home().runDirectories()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyRuleNamesItsField() {
        List<Wrong> all = new ArrayList<>();
        all.addAll(missing());
        all.addAll(numbers());
        all.addAll(files());
        all.addAll(devices());
        return all.stream().map(each -> DynamicTest.dynamicTest(each.what(), () -> refused(each)));
    }

    private void refused(Wrong wrong) {
        Answer answer = bench.client().create("a", wrong.config()).refused("invalid_argument");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.violations()).containsOnlyKeys(wrong.fields().toArray(String[]::new));
        nothingIsLeft();
    }

    private static List<Wrong> missing() {
        return List.of(
                wrong("no cpu", good.without("cpu"), "config.cpu"),
                wrong("no memory", good.without("memory"), "config.memory"),
                wrong("no boot", good.without("boot"), "config.boot"),
                wrong(
                        "nothing at all",
                        new VmConfigs(Map.of()),
                        "config.cpu",
                        "config.memory",
                        "config.boot"));
    }

    private static List<Wrong> numbers() {
        return List.of(
                cpu("no vCPU", Map.of("vcpu_count", 0), "vcpu_count"),
                cpu("negative vCPUs", Map.of("vcpu_count", -1), "vcpu_count"),
                cpu("too many vCPUs", Map.of("vcpu_count", 100_000), "vcpu_count"),
                cpu(
                        "most vCPUs below their number",
                        Map.of("vcpu_count", 2, "max_vcpu_count", 1),
                        "max_vcpu_count"),
                memory("no memory", "0"),
                memory("negative memory", "-4096"),
                memory("more memory than the host has", Long.toString(1L << 50)));
    }

    private static Wrong cpu(String what, Map<String, ?> cpu, String field) {
        return wrong(what, good.with("cpu", cpu), "config.cpu." + field);
    }

    private static Wrong memory(String what, String bytes) {
        return wrong(
                what, good.with("memory", Map.of("size_bytes", bytes)), "config.memory.size_bytes");
    }

    private static List<Wrong> files() {
        String kernel = bench.home().miniGuest().toString();
        return List.of(
                boot("no kernel path", Map.of("kernel_path", ""), "kernel_path"),
                boot("relative kernel", Map.of("kernel_path", "vmlinux"), "kernel_path"),
                boot("absent kernel", Map.of("kernel_path", file("none") + ""), "kernel_path"),
                boot("directory as kernel", Map.of("kernel_path", file("") + ""), "kernel_path"),
                boot(
                        "absent initrd",
                        Map.of("kernel_path", kernel, "initrd_path", file("none") + ""),
                        "initrd_path"),
                storage("absent disk", List.of(disk("d", "none")), "[0].path"),
                storage("disk without a path", List.of(Map.of("id", "d")), "[0].path"));
    }

    private static Wrong boot(String what, Map<String, ?> boot, String field) {
        return wrong(what, good.with("boot", boot), "config.boot." + field);
    }

    private static Wrong storage(String what, List<?> disks, String field) {
        return wrong(what, good.with("storage", disks), "config.storage" + field);
    }

    private static Wrong network(String what, List<?> nics, String field) {
        return wrong(what, good.with("network", nics), "config.network" + field);
    }

    private static Map<String, ?> disk(String id, String name) {
        return Map.of(
                "id",
                id,
                "path",
                file(name).toString(),
                "read_only",
                true,
                "is_root_device",
                id.startsWith("root"));
    }

    private static List<Wrong> devices() {
        return List.of(
                storage(
                        "two root devices",
                        List.of(disk("root1", "disk"), disk("root2", "disk")),
                        ""),
                storage(
                        "the same disk id twice",
                        List.of(disk("d", "disk"), disk("d", "disk")),
                        "[1].id"),
                network(
                        "malformed MAC address",
                        List.of(Map.of("tap_device", "tap0", "mac_address", "52:54:00:zz:00:01")),
                        "[0].mac_address"),
                network(
                        "tap name of 16 characters",
                        List.of(Map.of("tap_device", "t".repeat(16))),
                        "[0].tap_device"),
                network(
                        "the same interface id twice",
                        List.of(
                                Map.of("id", "n", "tap_device", "tap0"),
                                Map.of("id", "n", "tap_device", "tap1")),
                        "[1].id"),
                wrong(
                        "console outside the allowed directories",
                        good.with("console", Map.of("enabled", true, "output", "/etc/cron.d/vmcp")),
                        "config.console.output"));
    }

    @Test
    void allViolationsAreToldAtOnce() {
        VmConfigs wrong =
                good.with("cpu", Map.of("vcpu_count", 0))
                        .with("memory", Map.of("size_bytes", "-1"))
                        .with("boot", Map.of("kernel_path", file("none").toString()))
                        .with("storage", List.of(disk("root1", "none"), disk("root2", "disk")))
                        .with("network", List.of(Map.of("tap_device", "t".repeat(16))));
        Answer answer = bench.client().create("no/path", wrong).refused("invalid_argument");
        assertThat(answer.violations())
                .containsOnlyKeys(
                        "vm_id",
                        "config.cpu.vcpu_count",
                        "config.memory.size_bytes",
                        "config.boot.kernel_path",
                        "config.storage",
                        "config.storage[0].path",
                        "config.network[0].tap_device");
        assertThat(answer.violations().get("config.boot.kernel_path"))
                .contains(file("none").toString());
    }

    @Test
    void missingConfigIsNamed() {
        Answer answer = bench.client().call("CreateVm", "a").refused("invalid_argument");
        assertThat(answer.violations()).containsOnlyKeys("config");
    }

    @Test
    void missingBootNamesTheVariableThatHelps() {
        Answer answer = bench.client().create("a", good.without("boot"));
        assertThat(answer.violations().get("config.boot")).contains("UNKEY_VMCP_DEFAULT_KERNEL");
    }

    @Test
    void idsThatNoPathShouldHoldAreRefused() {
        List<String> ids = List.of("../x", "a/b", ".hidden", "a b", "ä", "x".repeat(65), "a\u0000");
        for (String id : ids) {
            Answer answer = bench.client().create(id, good).refused("invalid_argument");
            assertThat(answer.violations()).as(id).containsOnlyKeys("vm_id");
            bench.client().info(id).refused("invalid_argument");
        }
    }

    @Test
    void unknownVmsAreNotFound() {
        for (String call : List.of("BootVm", "PauseVm", "ResumeVm", "RebootVm", "ShutdownVm")) {
            bench.client().call(call, "nobody").refused("not_found");
        }
        bench.client().call("DeleteVm", "nobody").refused("not_found");
        bench.client().info("nobody").refused("not_found");
    }

    @Test
    void takenIdIsRefusedAndTheFirstVmStays() {
        bench.client().create("a", good).ok();
        bench.client().create("a", good).refused("already_exists");
        assertThat(bench.client().states()).containsExactly(Map.entry("a", States.CREATED));
        bench.client().call("DeleteVm", "a").ok();
    }

    @Test
    void wrongStateIsRefusedNamingTheRightOnes() {
        bench.client().create("a", good).ok();
        assertThat(bench.client().call("PauseVm", "a").refused("failed_precondition").message())
                .contains("CREATED", "RUNNING");
        bench.client().call("DeleteVm", "a").ok();
    }

    @Test
    void vmmThatRefusesItsKernelIsQuotedAndLeavesNothing() {
        Map<String, ?> garbage = Map.of("kernel_path", file("garbage").toString());
        Answer answer = bench.client().create("a", good.with("boot", garbage)).refused("internal");
        assertThat(answer.message()).containsIgnoringCase("kernel");
        assertThat(answer.message()).doesNotContain(bench.home().state().toString());
    }

    @Test
    void failedCreateLeavesNoConsoleFile() {
        Path console = file("console.out");
        Map<String, ?> garbage = Map.of("kernel_path", file("garbage").toString());
        VmConfigs config =
                good.with("boot", garbage)
                        .with("console", Map.of("enabled", true, "output", console.toString()));
        bench.client().create("a", config).refused("internal");
        assertThat(console).doesNotExist();
    }

    @Test
    void shutdownTimeoutsAreBounded() {
        for (int seconds : List.of(-1, 3601)) {
            Map<String, ?> request = Map.of("vm_id", "a", "timeout_seconds", seconds);
            Answer answer = bench.client().call("ShutdownVm", request);
            assertThat(answer.refused("invalid_argument").violations())
                    .containsOnlyKeys("timeout_seconds");
        }
    }

    @Test
    void malformedJsonIsAnInvalidArgument() {
        bench.client().post("CreateVm", "{\"vm_id\":").refused("invalid_argument");
        bench.client().post("CreateVm", "{\"vm_id\":7}").refused("invalid_argument");
    }

    private static Path file(String name) {
        return bench.home().files().resolve(name);
    }
}
