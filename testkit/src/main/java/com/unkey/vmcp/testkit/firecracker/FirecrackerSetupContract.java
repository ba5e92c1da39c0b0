package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be told to Firecracker v1.16.1 before it starts its guest. */
public abstract class FirecrackerSetupContract extends FirecrackerSteps {

    private static final String MACHINE = "{'vcpu_count':1,'mem_size_mib':128";
    private static final String VCPUS =
            "Machine config error: The number of vCPUs must be greater than 0, less than 32 and"
                    + " must be 1 or an even number if SMT is enabled.";
    private static final String MEMORY =
            "Machine config error: The memory size (MiB) is either 0, or not a multiple of the"
                    + " configured page size.";
    private static final String NOT_FOUND = "No such file or directory (os error 2)";

    @Test
    void beginsWithOneCpuAndLittleMemory() throws IOException {
        assertThat(api.get("machine-config").body())
                .isEqualTo(
                        "{\"vcpu_count\":1,\"mem_size_mib\":128,\"smt\":false,"
                                + "\"track_dirty_pages\":false,\"huge_pages\":\"None\"}");
    }

    @Test
    void machineIsTakenAndPatched() throws IOException {
        assertDone(put("machine-config", "{'vcpu_count':2,'mem_size_mib':64,'smt':true}"));
        assertDone(patch("machine-config", "{'mem_size_mib':65}"));
        assertThat(told("machine-config").path("mem_size_mib").asInt(0)).isEqualTo(65);
        assertThat(told("machine-config").path("smt").asBoolean(false)).isTrue();
        assertDone(put("machine-config", MACHINE + "}"));
        assertThat(told("machine-config").path("smt").asBoolean(true)).isFalse();
        assertRefused(patch("machine-config", "{}"), "Empty PATCH request.");
    }

    @ParameterizedTest
    @CsvSource({"0,false", "33,false", "3,true"})
    void numberOfCpusHasLimits(int cpus, boolean smt) throws IOException {
        String body = "{'vcpu_count':%d,'mem_size_mib':128,'smt':%s}".formatted(cpus, smt);
        assertRefused(put("machine-config", body), VCPUS);
    }

    @Test
    void memoryMustBeThereInWholePages() throws IOException {
        assertRefused(put("machine-config", "{'vcpu_count':1,'mem_size_mib':0}"), MEMORY);
        assertRefused(
                put("machine-config", "{'vcpu_count':1,'mem_size_mib':129,'huge_pages':'2M'}"),
                MEMORY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|missing field `vcpu_count`",
                "{'vcpu_count':1}|missing field `mem_size_mib`",
                "{'vcpu_count':1,'mem_size_mib':1,'x':1}|unknown field `x`, expected one of",
                "{'vcpu_count':300,'mem_size_mib':1}|invalid value: integer `300`, expected u8",
                "{'vcpu_count':'1','mem_size_mib':1}|invalid type: string \"1\", expected u8",
                "{'vcpu_count':1,'mem_size_mib':1,'huge_pages':'1G'}|unknown variant `1G`,"
                        + " expected `None` or `2M`",
                "{'vcpu_count':1,'mem_size_mib':1,'cpu_template':'Q'}|unknown variant `Q`,"
                        + " expected one of `C3`, `T2`, `T2S`, `None`, `T2CL`, `T2A`"
            })
    void machineThatIsNoneIsRefused(String body, String what) throws IOException {
        // The quotes of CSV are not those of our JSON.
        assertMisfit(api.put("machine-config", body.replace('\'', '"')), what);
    }

    @Test
    void kernelAndInitrdAreOpenedAtOnce() throws IOException {
        assertRefused(
                bootSource(Path.of("/nowhere")),
                "Boot source error: The kernel file cannot be opened: " + NOT_FOUND);
        assertRefused(
                put(
                        "boot-source",
                        "{'kernel_image_path':'%s','initrd_path':'/nowhere'}".formatted(deaf())),
                "Boot source error: The initrd file cannot be opened due to invalid path or"
                        + " invalid permissions. "
                        + NOT_FOUND);
        assertMisfit(put("boot-source", "{}"), "missing field `kernel_image_path`");
    }

    @Test
    void openedKernelMayGo() throws IOException {
        Path kernel = deaf();
        assertDone(bootSource(kernel));
        Files.delete(kernel);
        assertDone(act("InstanceStart"));
        awaitTicks(1);
    }

    @Test
    void commandLineHasALimit() throws IOException {
        String body = "{'kernel_image_path':'" + deaf() + "','boot_args':'%s'}";
        assertDone(put("boot-source", body.formatted("x".repeat(2047))));
        assertRefused(
                put("boot-source", body.formatted("x".repeat(2048))),
                "Boot source error: The kernel command line is invalid: Invalid cmdline capacity"
                        + " provided.");
    }

    @Test
    void rootDriveComesFirst() throws IOException {
        assertDone(drive("b", false, image("b.raw")));
        assertDone(drive("a_1", true, image("a.raw")));
        ApiReply config = api.get("vm/config");
        assertThat(config.json().path("drives").path(0).toString())
                .isEqualTo(
                        "{\"drive_id\":\"a_1\",\"partuuid\":null,\"is_root_device\":true,"
                                + "\"cache_type\":\"Unsafe\",\"is_read_only\":false,"
                                + "\"path_on_host\":\""
                                + directory.resolve("a.raw")
                                + "\",\"rate_limiter\":null,\"io_engine\":\"Sync\",\"socket\":null}");
        assertThat(config.json().path("drives").path(1).path("drive_id").asString()).isEqualTo("b");
    }

    @Test
    void driveOfTheSameIdReplacesTheOther() throws IOException {
        assertDone(drive("a", true, image("one.raw")));
        assertRefused(
                drive("b", true, image("two.raw")),
                "Drive config error: A root block device already exists!");
        assertDone(drive("a", false, image("two.raw")));
        assertThat(told("vm/config").path("drives")).hasSize(1);
        assertDone(drive("b", true, image("one.raw")));
        assertThat(told("vm/config").path("drives").path(0).path("drive_id").asString())
                .isEqualTo("b");
    }

    @Test
    void driveIsOpenedAtOnceAndItsContentIsNotLookedAt() throws IOException {
        String failure =
                "Drive config error: Unable to create the virtio block device: Virtio backend"
                        + " error: Error manipulating the backing file: ";
        assertRefused(drive("a", false, Path.of("/nowhere")), failure + NOT_FOUND + " /nowhere");
        assertRefused(
                drive("a", false, directory),
                failure + "Is a directory (os error 21) " + directory);
        Path odd = Files.write(directory.resolve("odd"), new byte[] {'Q', 'F', 'I', (byte) 0xfb});
        assertDone(drive("a", false, odd));
        assertDone(drive("a", false, Files.createFile(directory.resolve("empty"))));
    }

    @Test
    void driveNeedsAFileAndKnownFields() throws IOException {
        assertRefused(
                put("drives/a", "{'drive_id':'a','is_root_device':false}"),
                "Drive config error: Unable to create the virtio block device: Invalid block"
                        + " config.");
        assertMisfit(put("drives/a", "{}"), "missing field `drive_id`");
        assertMisfit(put("drives/a", "{'drive_id':'a'}"), "missing field `is_root_device`");
        assertMisfit(
                put("drives/a", "{'drive_id':'a','is_root_device':false,'x':1}"),
                "unknown field `x`, expected one of `drive_id`, `partuuid`, `is_root_device`,"
                        + " `cache_type`, `is_read_only`, `path_on_host`, `rate_limiter`,"
                        + " `io_engine`, `socket`");
        assertMisfit(
                put("drives/a", "{'drive_id':'a','is_root_device':false,'cache_type':'X'}"),
                "unknown variant `X`, expected `Unsafe` or `Writeback`");
    }

    @Test
    void limitsOfADriveAreTaken() throws IOException {
        String body =
                "{'drive_id':'a','is_root_device':false,'path_on_host':'"
                        + image("a.raw")
                        + "','rate_limiter':%s}";
        assertDone(
                put(
                        "drives/a",
                        body.formatted(
                                "{'bandwidth':{'size':1000,'refill_time':100},"
                                        + "'ops':{'size':1,'refill_time':1,'one_time_burst':5}}")));
        assertMisfit(
                put("drives/a", body.formatted("{'x':1}")),
                "unknown field `x`, expected `bandwidth` or `ops`");
        assertMisfit(
                put("drives/a", body.formatted("{'ops':{'size':1}}")),
                "missing field `refill_time`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a-b", "a.b", "a%20b"})
    void idsHaveASmallAlphabet(String id) throws IOException {
        String fault = "API Resource IDs can only contain alphanumeric characters and underscores.";
        assertRefused(drive(id, false, image("a.raw")), fault);
        assertRefused(put("network-interfaces/" + id, "{}"), fault);
    }

    @Test
    void idOfThePathIsThatOfTheBody() throws IOException {
        assertRefused(put("drives", "{}"), "The ID cannot be empty.");
        assertRefused(put("drives/", "{}"), "The ID cannot be empty.");
        assertRefused(
                put("drives/a", "{'drive_id':'b','is_root_device':false}"),
                "The id from the path does not match the id from the body!");
        assertRefused(
                put("network-interfaces/a", "{'iface_id':'b','host_dev_name':'x'}"),
                "The id from the path [a] does not match the id from the body [b]!");
    }

    @Test
    void interfaceNeedsADeviceAndKnownFields() throws IOException {
        assertMisfit(
                put("network-interfaces/a", "{'iface_id':'a'}"), "missing field `host_dev_name`");
        String body = "{'iface_id':'a','host_dev_name':'x',%s}";
        assertMisfit(
                put("network-interfaces/a", body.formatted("'x':1")),
                "unknown field `x`, expected one of `iface_id`, `host_dev_name`, `guest_mac`,"
                        + " `mtu`, `rx_rate_limiter`, `tx_rate_limiter`");
        assertMisfit(
                put("network-interfaces/a", body.formatted("'guest_mac':'zz'")),
                "The provided MAC address is invalid");
        assertMisfit(
                put("network-interfaces/a", body.formatted("'mtu':70000")),
                "invalid value: integer `70000`, expected u16");
        assertRefused(
                put(
                        "network-interfaces/a",
                        "{'iface_id':'a','host_dev_name':'averyveryverylongname'}"),
                "Network config error: Could not create the network device: Open tap device"
                        + " failed: Invalid interface name");
    }

    @Test
    void interfaceKeepsItsTapAndItsMacToItself() throws IOException {
        String body = "{'iface_id':'%s','host_dev_name':'vmcpt%s','guest_mac':'06:00:00:00:00:%s'}";
        assertDone(put("network-interfaces/a", body.formatted("a", "x", "0A")));
        assertDone(put("network-interfaces/a", body.formatted("a", "x", "0B")));
        assertRefused(
                put("network-interfaces/b", body.formatted("b", "y", "0b")),
                "Network config error: The MAC address is already in use: 06:00:00:00:00:0b");
        ApiReply busy = put("network-interfaces/b", body.formatted("b", "x", "0C"));
        assertThat(busy.status()).isEqualTo(400);
        assertThat(busy.fault()).contains("Device or resource busy (os error 16)", "vmcptx");
        assertDone(put("network-interfaces/b", body.formatted("b", "y", "0C")));
        assertThat(told("vm/config").path("network-interfaces")).hasSize(2);
    }

    @Test
    void otherDevicesAreTaken() throws IOException {
        assertDone(put("entropy", "{}"));
        assertDone(put("balloon", "{'amount_mib':0,'deflate_on_oom':true}"));
        assertRefused(
                put("hotplug/memory", "{'total_size_mib':100}"),
                "Memory hotplug config error: Total size must not be lower than slot size (128"
                        + " MiB)");
        assertDone(put("hotplug/memory", "{'total_size_mib':256}"));
        assertThat(told("vm/config").path("memory-hotplug").path("slot_size_mib").asInt(0))
                .isEqualTo(128);
        assertThat(told("balloon").path("deflate_on_oom").asBoolean(false)).isTrue();
    }

    @Test
    void whatNeedsAGuestIsRefused() throws IOException {
        assertRefused(act("FlushMetrics"), BEFORE);
        assertRefused(act("SendCtrlAltDel"), BEFORE);
        assertRefused(become("Paused"), BEFORE);
        assertRefused(patch("drives/a", "{'drive_id':'a'}"), BEFORE);
        assertRefused(patch("network-interfaces/a", "{'iface_id':'a'}"), BEFORE);
        assertRefused(api.get("hotplug/memory"), BEFORE);
        assertRefused(api.request("DELETE", "drives/a", ""), BEFORE);
        assertMisfit(
                act("Nothing"),
                "unknown variant `Nothing`, expected one of `FlushMetrics`, `InstanceStart`,"
                        + " `SendCtrlAltDel`");
    }

    @Test
    void kernelIsLookedAtWhenTheGuestStarts() throws IOException {
        byte[] good = Files.readAllBytes(deaf());
        kernel(new byte[0], 0);
        assertNoKernel("Unable to read elf header");
        kernel(good, 5, 2);
        assertNoKernel("Trying to load big-endian binary on little-endian machine");
        kernel(good, 54, 32);
        assertNoKernel("Invalid program header size");
        kernel(good, 32, 16);
        assertNoKernel("Invalid program header offset");
        kernel(good, 26, 0x0f);
        assertNoKernel("Invalid entry address");
        kernel(Arrays.copyOf(good, 100), 0, 0x7f);
        assertNoKernel("Unable to read program header");
        kernel(Arrays.copyOf(good, 0x1005), 0, 0x7f);
        assertNoKernel("Unable to read kernel image");
    }

    /** A kernel with other bytes from there on. */
    private void kernel(byte[] good, int at, int... others) throws IOException {
        byte[] bytes = good.clone();
        for (int i = 0; i < others.length; i++) {
            bytes[at + i] = (byte) others[i];
        }
        assertDone(bootSource(Files.write(directory.resolve("kernel"), bytes)));
    }

    private void assertNoKernel(String why) throws IOException {
        assertRefused(
                act("InstanceStart"),
                "Start microvm error: System configuration error: Cannot load kernel due to"
                        + " invalid memory configuration or invalid kernel image: Kernel Loader:"
                        + " failed to load ELF kernel image: Kernel Loader: "
                        + why);
    }

    @Test
    void failedStartCanBeRepaired() throws IOException {
        assertRefused(
                act("InstanceStart"),
                "Start microvm error: Cannot start microvm without kernel configuration.");
        Path junk = Files.writeString(directory.resolve("junk"), "MZ" + "x".repeat(5000));
        assertDone(bootSource(junk));
        assertNoKernel("Invalid Elf magic number");
        assertThat(state()).isEqualTo("Not started");
        boot(deaf());
        awaitTicks(1);
    }
}
