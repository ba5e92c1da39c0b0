package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is looked at only when a VM is started. */
final class BootChecks {

    private static final int PAGE = 4096;
    private static final int NOTE_SEGMENT = 4;
    private static final int PVH_NOTE = 18;

    private BootChecks() {}

    /** Whether the configuration makes sense at all; nothing is opened. */
    static void validate(ObjectNode config) {
        try {
            payload(config.path("payload"));
            cpus(config.path("cpus"));
            memory(config.path("memory"));
            ids(config);
            queues(config);
        } catch (Trouble e) {
            throw e.within("Failed to validate config");
        }
    }

    private static void payload(JsonNode payload) {
        boolean firmware = payload.has("firmware");
        if (!firmware && !payload.has("kernel")) {
            throw Trouble.failed(
                    "Payload configuration is not bootable",
                    "No bootitem provided: neither firmware nor kernel");
        }
        if (firmware && payload.has("kernel")) {
            throw Trouble.failed(
                    "Payload configuration is not bootable",
                    "Specifying a kernel is not supported when a firmware is provided");
        }
    }

    private static void cpus(JsonNode cpus) {
        long boot = cpus.path("boot_vcpus").asLong(1);
        long max = cpus.path("max_vcpus").asLong(1);
        if (max < boot) {
            throw Trouble.failed("Max CPUs (%d) lower than boot CPUs (%d)".formatted(max, boot));
        }
        JsonNode topology = cpus.path("topology");
        if (topology.isObject()) {
            long product = 1;
            for (JsonNode part : topology) {
                product *= part.asLong(1);
            }
            if (product != max) {
                throw Trouble.failed("Product of CPU topology parts does not match maximum vCPU");
            }
        }
    }

    private static void memory(JsonNode memory) {
        if (memory.has("hugepage_size") && !memory.path("hugepages").asBoolean(false)) {
            throw Trouble.failed("Huge page size specified but huge pages not enabled");
        }
    }

    private static void ids(ObjectNode config) {
        Set<String> seen = new HashSet<>();
        for (String list : Set.of("disks", "net", "fs", "pmem")) {
            for (JsonNode each : config.path(list)) {
                String id = each.path("id").asString("");
                if (id.startsWith("__")) {
                    throw Trouble.failed("Identifier " + id + " is not invalid");
                }
                if (!id.isEmpty() && !seen.add(id)) {
                    throw Trouble.failed("Identifier " + id + " is not unique");
                }
            }
        }
    }

    private static void queues(ObjectNode config) {
        long vcpus = config.path("cpus").path("boot_vcpus").asLong(1);
        queues(config.path("disks"), vcpus, 1);
        queues(config.path("net"), vcpus, 2);
    }

    private static void queues(JsonNode devices, long vcpus, int perVcpu) {
        for (JsonNode each : devices) {
            long count = each.path("num_queues").asLong(1) / perVcpu;
            if (count > vcpus) {
                throw Trouble.failed(
                        "Queue count (%d) must not exceed boot vCPUs (%d)".formatted(count, vcpus));
            }
        }
    }

    /** What fails before any device is made. */
    static void beforeDevices(ObjectNode config, FakeOptions options) {
        if (config.path("memory").path("size").asLong(0) % PAGE != 0) {
            throw Trouble.failed(
                    "Memory manager error",
                    "Memory size is misaligned with default page size or its hugepage size");
        }
        String initramfs = config.path("payload").path("initramfs").asString("");
        if (!initramfs.isEmpty() && !Files.exists(options.resolve(initramfs))) {
            throw Trouble.failed(
                    "Cannot open initramfs file", "No such file or directory (os error 2)");
        }
    }

    /** Reads the kernel or the firmware as a loader would. */
    static Path load(ObjectNode config, FakeOptions options) {
        JsonNode payload = config.path("payload");
        if (payload.has("firmware")) {
            return load(
                    options.resolve(payload.path("firmware").stringValue()),
                    "Error manipulating firmware file");
        }
        return load(
                options.resolve(payload.path("kernel").stringValue()), "Cannot open kernel file");
    }

    private static Path load(Path file, String failure) {
        try {
            if (Files.isDirectory(file)) {
                throw invalid("Unable to read bzImage header");
            }
            check(Files.readAllBytes(file));
            return file;
        } catch (IOException e) {
            throw Trouble.failed(failure, SystemError.told(e));
        }
    }

    private static void check(byte[] kernel) {
        if (at(kernel, 0, "\u007fELF")) {
            if (!hasPvhNote(ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN))) {
                throw Trouble.failed("Kernel lacks PVH header");
            }
        } else if (!at(kernel, 0x202, "HdrS")) {
            throw invalid("Invalid bzImage");
        }
    }

    private static boolean hasPvhNote(ByteBuffer elf) {
        int headers = (int) elf.getLong(32);
        for (int i = 0; i < elf.getShort(56); i++) {
            int header = headers + i * 56;
            int note = (int) elf.getLong(header + 8);
            if (elf.getInt(header) == NOTE_SEGMENT && elf.getInt(note + 8) == PVH_NOTE) {
                return true;
            }
        }
        return false;
    }

    private static boolean at(byte[] bytes, int offset, String text) {
        byte[] expected = text.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length >= offset + expected.length
                && ByteBuffer.wrap(bytes, offset, expected.length)
                        .equals(ByteBuffer.wrap(expected));
    }

    private static Trouble invalid(String what) {
        String loader = "Kernel Loader: " + what;
        return Trouble.failed(
                "Cannot load the kernel into memory",
                "Kernel Loader: failed to load bzImage kernel image: " + loader,
                loader);
    }
}
