package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a microVM is made of, as it was told so far. Files of the kernel, of the initrd and of
 * drives are open. For one caller at a time.
 */
final class Setup {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_COMMAND_LINE = 2048;
    private static final int MOST_VCPUS = 32;
    private static final String USUAL_ARGUMENTS =
            "reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.dumbkbd"
                    + " swiotlb=noforce";
    private static final int ARGUMENTS_OF_A_DEVICE = " virtio_mmio.device=4K@0xc0001000:5".length();

    private final UnaryOperator<Path> resolve;
    private final Drives drives;
    private final Interfaces interfaces = new Interfaces();
    private final Map<String, JsonNode> others = new TreeMap<>();
    private ObjectNode machine =
            Bodies.MACHINE.read(
                    "{\"vcpu_count\":1,\"mem_size_mib\":128}".getBytes(StandardCharsets.US_ASCII));
    private ObjectNode bootSource = JSON.createObjectNode();
    private @Nullable FileChannel kernel;
    private @Nullable FileChannel initrd;
    private Optional<Path> serial = Optional.empty();

    Setup(UnaryOperator<Path> resolve) {
        this.resolve = resolve;
        this.drives = new Drives(resolve);
        bootSource.put("kernel_image_path", "").putNull("initrd_path").putNull("boot_args");
    }

    Drives drives() {
        return drives;
    }

    Interfaces interfaces() {
        return interfaces;
    }

    /** Takes what is given; the CPU template stays where none is. */
    void machine(ObjectNode given) {
        ObjectNode next = machine.deepCopy();
        next.setAll(given);
        long vcpus = next.path("vcpu_count").asLong(0);
        boolean odd = vcpus != 1 && vcpus % 2 != 0;
        if (vcpus < 1 || vcpus > MOST_VCPUS || (odd && next.path("smt").asBoolean(false))) {
            throw new Refusal(
                    "Machine config error: The number of vCPUs must be greater than 0, less than"
                            + " 32 and must be 1 or an even number if SMT is enabled.");
        }
        boolean huge = next.path("huge_pages").asString().equals("2M");
        long memory = next.path("mem_size_mib").asLong(0);
        if (memory == 0 || (huge && memory % 2 != 0)) {
            throw new Refusal(
                    "Machine config error: The memory size (MiB) is either 0, or not a multiple of"
                            + " the configured page size.");
        }
        if (next.path("cpu_template").asString("").equals("None")) {
            next.remove("cpu_template");
        }
        machine = next;
    }

    void bootSource(ObjectNode given) {
        FileChannel opened =
                open(
                        given.path("kernel_image_path"),
                        "Boot source error: The kernel file cannot be opened: ");
        FileChannel ramDisk =
                given.path("initrd_path").isNull()
                        ? null
                        : open(
                                given.path("initrd_path"),
                                "Boot source error: The initrd file cannot be opened due to"
                                        + " invalid path or invalid permissions. ");
        if (given.path("boot_args").asString("").length() >= LONGEST_COMMAND_LINE) {
            throw new Refusal(
                    "Boot source error: The kernel command line is invalid: Invalid cmdline"
                            + " capacity provided.");
        }
        closeKernel();
        kernel = opened;
        initrd = ramDisk;
        bootSource = given;
    }

    private FileChannel open(JsonNode path, String failure) {
        try {
            Path given = Path.of(path.asString());
            return FileChannel.open(
                    given.toString().isEmpty() ? given : resolve.apply(given),
                    StandardOpenOption.READ);
        } catch (IOException e) {
            throw new Refusal(failure + SystemError.told(e));
        }
    }

    void serial(ObjectNode given) {
        serial =
                given.has("serial_out_path")
                        ? Optional.of(
                                resolve.apply(Path.of(given.path("serial_out_path").asString())))
                        : Optional.empty();
    }

    /** Where the guest's output goes, if not to standard output. */
    Optional<Path> serial() {
        return serial;
    }

    void balloon(ObjectNode given) {
        if (given.path("amount_mib").asLong(0) > machine.path("mem_size_mib").asLong(0)) {
            throw new Refusal("Balloon config error: Amount of pages requested is too large.");
        }
        others.put("balloon", given);
    }

    void memoryHotplug(ObjectNode given) {
        long slot = given.path("slot_size_mib").asLong(1);
        long total = given.path("total_size_mib").asLong(0);
        String failure = "Memory hotplug config error: Total size must ";
        if (total < slot) {
            throw new Refusal(failure + "not be lower than slot size (" + slot + " MiB)");
        }
        if (total % slot != 0) {
            throw new Refusal(failure + "be a multiple of slot size (" + slot + " MiB)");
        }
        others.put("memory-hotplug", given);
    }

    /** A part that is kept and told, but not played. */
    void other(String name, ObjectNode given) {
        others.put(name, given);
    }

    Optional<JsonNode> other(String name) {
        return Optional.ofNullable(others.get(name));
    }

    /**
     * All that is looked at when the guest is to start.
     *
     * @throws Refusal where it cannot start
     */
    KernelFile.Guest load() {
        FileChannel open = kernel;
        if (open == null) {
            throw new Refusal(
                    "Start microvm error: Cannot start microvm without kernel configuration.");
        }
        Path path = Path.of(bootSource.path("kernel_image_path").asString());
        long memory = machine.path("mem_size_mib").asLong(0) << 20;
        KernelFile.Guest guest = KernelFile.load(open, path, memory);
        checkInitrd();
        checkCommandLine();
        return guest;
    }

    private void checkInitrd() {
        try {
            if (initrd != null && initrd.size() == 0) {
                throw new Refusal(
                        "Start microvm error: Error with initrd initialization: Cannot load initrd"
                                + " due to an invalid memory configuration..");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the initrd cannot be looked at", e);
        }
    }

    private void checkCommandLine() {
        int devices = drives.ids().size() + interfaces.ids().size();
        int length =
                bootSource.path("boot_args").asString(USUAL_ARGUMENTS).length()
                        + " pci=off".length()
                        + drives.rootArguments().map(words -> words.length() + 1).orElse(0)
                        + devices * ARGUMENTS_OF_A_DEVICE;
        if (devices > 0 && length >= LONGEST_COMMAND_LINE) {
            throw new Refusal(
                    "Start microvm error: Could not attach device: MMIO transport error: Failed to"
                            + " allocate requested resourc: Inserting string would make command"
                            + " line too long.");
        }
    }

    int vcpus() {
        return machine.path("vcpu_count").asInt(1);
    }

    /** In the order in which it is told. */
    ObjectNode machine() {
        ObjectNode told = JSON.createObjectNode();
        for (String name :
                List.of(
                        "vcpu_count",
                        "mem_size_mib",
                        "smt",
                        "cpu_template",
                        "track_dirty_pages",
                        "huge_pages")) {
            if (machine.has(name)) {
                told.set(name, machine.get(name));
            }
        }
        return told;
    }

    ObjectNode told() {
        ObjectNode all = JSON.createObjectNode();
        all.set("balloon", others.get("balloon"));
        all.set("drives", drives.told());
        all.set("boot-source", bootSource.deepCopy());
        all.putNull("cpu-config").putNull("logger");
        all.set("machine-config", machine());
        all.putNull("metrics").putNull("mmds-config");
        all.set("network-interfaces", interfaces.told());
        all.set("vsock", others.get("vsock"));
        all.set("entropy", others.get("entropy"));
        all.putArray("pmem");
        all.set("memory-hotplug", others.get("memory-hotplug"));
        return all;
    }

    void close() {
        closeKernel();
        drives.close();
    }

    private void closeKernel() {
        close(kernel);
        close(initrd);
        kernel = null;
        initrd = null;
    }

    private static void close(@Nullable FileChannel file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a kernel's file cannot be closed", e);
        }
    }
}
