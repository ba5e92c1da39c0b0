package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What Cloud Hypervisor v53.0 does with files: kernels, disks and consoles, good and bad. */
public abstract class CloudHypervisorBootContract extends ServerSteps {

    private static final String NOT_BOOTED = "The VM could not boot";
    private static final String NOT_THERE = "No such file or directory (os error 2)";
    private static final String SCRIBBLE = "scribble";
    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void failedBootForWantOfADiskForgetsAllDisksAndTheNextOneRunsWithoutThem() throws IOException {
        Path missing = directory.resolve("missing.raw");
        create(withDisk(withDisk(config(button()), image("a.raw"), "a"), missing, "b"));
        assertFailed(
                api.put("vm.boot"),
                500,
                NOT_BOOTED,
                "Error from device manager",
                "Cannot open disk path",
                "I/O error (path=" + missing + " op=open)",
                NOT_THERE);
        assertThat(state()).isEqualTo("Created");
        assertThat(info().has("device_tree")).isFalse();
        assertThat(info().path("config").has("disks")).isFalse();
        put("vm.boot");
        assertThat(state()).isEqualTo("Running");
        vmm.events().await("vmm/starting", "vm/booting", "vm/booting", "vm/booted");
    }

    @Test
    void declaredTypeMustBeTheDetectedOne() throws IOException {
        ObjectNode config = withDisk(config(button()), image("a.raw"), "a");
        ((ObjectNode) config.path("disks").path(0)).put("image_type", "Qcow2");
        create(config);
        assertFailed(
                api.put("vm.boot"),
                500,
                NOT_BOOTED,
                "Error from device manager",
                "Disk image type does not match expected type: specified = qcow2, detected = raw");
        assertThat(info().path("config").has("disks")).isFalse();
    }

    @Test
    void missingKernelLeavesAVmObjectThatBlocksTheNextBoot() throws IOException {
        Path kernel = directory.resolve("missing.elf");
        create(withDisk(config(kernel), image("a.raw"), "a"));
        assertFailed(api.put("vm.boot"), 500, NOT_BOOTED, "Cannot open kernel file", NOT_THERE);
        assertThat(state()).isEqualTo("Created");
        assertThat(info().path("device_tree").isObject()).isTrue();
        assertThat(info().path("config").path("disks")).hasSize(1);
        assertFailed(api.put("vm.boot"), 500, NOT_BOOTED, "VM is already created");
        assertThat(api.get("vm.counters").status()).isEqualTo(200);
        put("vm.shutdown");
        assertThat(info().has("device_tree")).isFalse();
        Files.move(button(), kernel);
        put("vm.boot");
        assertThat(state()).isEqualTo("Running");
    }

    @Test
    void missingFirmwareIsNamed() throws IOException {
        ObjectNode config = config(button());
        config.putObject("payload").put("firmware", directory.resolve("missing.fd").toString());
        create(config);
        assertFailed(
                api.put("vm.boot"), 500, NOT_BOOTED, "Error manipulating firmware file", NOT_THERE);
    }

    @Test
    void missingInitialRamDiskLeavesNoVmObject() throws IOException {
        ObjectNode config = config(button());
        ((ObjectNode) config.path("payload"))
                .put("initramfs", directory.resolve("missing").toString());
        create(config);
        assertFailed(api.put("vm.boot"), 500, NOT_BOOTED, "Cannot open initramfs file", NOT_THERE);
        assertThat(info().has("device_tree")).isFalse();
    }

    @Test
    void kernelWithoutPvhNoteIsRefused() throws IOException {
        byte[] kernel = Files.readAllBytes(button());
        kernel[64 + 56] = 0; // the note's program header becomes one of no meaning
        create(config(Files.write(directory.resolve("noteless.elf"), kernel)));
        assertFailed(api.put("vm.boot"), 500, NOT_BOOTED, "Kernel lacks PVH header");
    }

    @Test
    void whatIsNoKernelIsRefused() throws IOException {
        create(config(Files.writeString(directory.resolve("text"), "hello".repeat(1000))));
        ApiReply reply = api.put("vm.boot");
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.causes())
                .contains(NOT_BOOTED, "Cannot load the kernel into memory")
                .last()
                .isEqualTo("Kernel Loader: Invalid bzImage");
    }

    @Test
    void nonsenseIsFoundAtTheBootAndLeavesTheConfigurationAlone() throws IOException {
        assertInvalid(
                "{}",
                "Payload configuration is not bootable",
                "No bootitem provided: neither firmware nor kernel");
        assertInvalid(
                "{\"payload\":{\"kernel\":\"/a\",\"firmware\":\"/b\"}}",
                "Payload configuration is not bootable",
                "Specifying a kernel is not supported when a firmware is provided");
        String payload = "{\"payload\":{\"kernel\":\"/a\"},";
        assertInvalid(
                payload + "\"cpus\":{\"boot_vcpus\":2,\"max_vcpus\":1}}",
                "Max CPUs (1) lower than boot CPUs (2)");
        assertInvalid(
                payload
                        + "\"cpus\":{\"boot_vcpus\":1,\"max_vcpus\":2,\"topology\":{"
                        + "\"threads_per_core\":1,\"cores_per_die\":1,\"dies_per_package\":1,"
                        + "\"packages\":1}}}",
                "Product of CPU topology parts does not match maximum vCPU");
        assertInvalid(
                payload + "\"memory\":{\"size\":134217728,\"hugepage_size\":2097152}}",
                "Huge page size specified but huge pages not enabled");
        assertInvalid(
                payload
                        + "\"disks\":[{\"path\":\"/a\",\"id\":\"x\"},{\"path\":\"/b\",\"id\":\"x\"}]}",
                "Identifier x is not unique");
        assertInvalid(
                payload + "\"disks\":[{\"path\":\"/a\",\"num_queues\":3}]}",
                "Queue count (3) must not exceed boot vCPUs (1)");
    }

    private void assertInvalid(String config, String... causes) throws IOException {
        assertDone(api.put("vm.create", config));
        String[] all = new String[causes.length + 2];
        all[0] = NOT_BOOTED;
        all[1] = "Failed to validate config";
        System.arraycopy(causes, 0, all, 2, causes.length);
        assertFailed(api.put("vm.boot"), 500, all);
        assertFailed(api.put("vm.boot"), 500, all);
        put("vm.delete");
    }

    @Test
    void memoryOfNoWholePagesIsRefused() throws IOException {
        ObjectNode config = config(button());
        config.putObject("memory").put("size", 12345);
        create(config);
        assertFailed(
                api.put("vm.boot"),
                500,
                NOT_BOOTED,
                "Memory manager error",
                "Memory size is misaligned with default page size or its hugepage size");
    }

    @Test
    void imageInUseBlocksTheBootUntilItIsFree() throws Exception {
        Path image = image("shared.raw");
        boot(withDisk(config(button()), image, "a"));
        Path elsewhere = Files.createDirectory(directory.resolve("o"));
        try (VmmServer other = started(elsewhere, "--no-shutdown");
                ApiSocket otherApi = other.connect()) {
            ObjectNode config = withDisk(config(button()), image, "a");
            config.putObject("serial").put("mode", "Null");
            assertDone(otherApi.put("vm.create", config.toString()));
            ApiReply reply = otherApi.put("vm.boot");
            assertFailed(
                    reply,
                    500,
                    NOT_BOOTED,
                    "Error locking disk images: Another instance likely holds a lock",
                    "Cannot lock images of all block devices",
                    "Failed to get Write lock for disk image: " + image,
                    "The file is already locked");
            assertThat(otherApi.get("vm.info").json().has("device_tree")).isTrue();
            put("vm.shutdown");
            assertDone(otherApi.put("vm.shutdown"));
            assertDone(otherApi.put("vm.boot"));
        }
    }

    @Test
    void failedRebootLeavesTheVmWithoutItsVmObject() throws IOException {
        Path kernel = button();
        boot(config(kernel));
        Files.delete(kernel);
        assertFailed(
                api.put("vm.reboot"),
                500,
                "The VM could not reboot",
                "Cannot open kernel file",
                NOT_THERE);
        assertThat(state()).isEqualTo("Created");
        assertThat(info().has("device_tree")).isFalse();
    }

    @Test
    void failedCreateKeepsTheConfigurationUntilItIsDeleted() throws IOException {
        ObjectNode config = config(button());
        config.putObject("serial").put("mode", "File").put("file", "/nowhere/serial");
        assertFailed(
                api.put("vm.create", config.toString()),
                500,
                "The VM could not be created",
                "Error creating console devices",
                "Error creating console device",
                NOT_THERE);
        assertThat(state()).isEqualTo("Created");
        assertFailed(
                api.put("vm.create", "{}"),
                500,
                "The VM could not be created",
                "VM is already created");
        put("vm.delete");
        create(config(button()));
    }

    @Test
    void serialPortWithoutItsFileEndsTheProcess() throws IOException {
        // The answer is an error or, now and then, the end of the connection.
        api.send(
                "PUT /api/v1/vm.create HTTP/1.1\r\nContent-Length: 26\r\n\r\n"
                        + "{\"serial\":{\"mode\":\"File\"}}");
        assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(1));
        assertThat(vmm.socket()).exists();
    }

    @Test
    void serialFileIsEmptiedAtCreateAndRebootAndStaysTheSame() throws IOException {
        Files.writeString(serial(), "of old\n");
        Object key = Files.readAttributes(serial(), "unix:ino").get("ino");
        create(config(button()));
        assertThat(serial()).isEmptyFile();
        put("vm.boot");
        awaitTicks(2);
        assertThat(printed()).startsWith("00000001\n00000002\n");
        scribble();
        put("vm.reboot");
        awaitAnewWithoutScribble();
        scribble();
        put("vm.shutdown");
        put("vm.boot");
        awaitAnewWithoutScribble();
        assertThat(Files.readAttributes(serial(), "unix:ino").get("ino")).isEqualTo(key);
    }

    private void scribble() throws IOException {
        Files.writeString(serial(), SCRIBBLE, StandardOpenOption.APPEND);
    }

    private void awaitAnewWithoutScribble() {
        Await.until(
                "the guest begins anew",
                () -> printed().startsWith("00000001\n") && !printed().contains(SCRIBBLE));
    }

    @Test
    void filesItMakesAreItsOwnersAlone() throws IOException {
        boot(config(button()));
        for (Path file : new Path[] {serial(), vmm.directory().resolve(VmmServer.EVENTS)}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(vmm.socket())))
                .isEqualTo("rwx------");
    }

    @Test
    void serialSocketKeepsTheBootLogForALateClient() throws Exception {
        Path socket = directory.resolve("con.sock");
        boot(onSocket(socket));
        try (SocketChannel first = SerialClient.connect(socket)) {
            assertThat(SerialClient.read(first, 18)).isEqualTo("00000001\n00000002\n");
            try (SocketChannel second = SerialClient.connect(socket)) {
                SerialClient.readToEnd(first);
                assertThat(SerialClient.read(second, 9)).matches("[0-9a-f]{8}\n|[0-9a-f\n]+");
            }
        }
        put("vm.shutdown");
        assertThat(socket).doesNotExist();
        put("vm.boot");
        assertThat(socket).exists();
    }

    @Test
    void serialSocketThatIsThereAlreadyFailsTheCreate() throws IOException {
        Path socket = directory.resolve("con.sock");
        create(onSocket(socket));
        assertThat(socket).exists();
        put("vm.delete");
        assertThat(socket).as("a VM that never ran leaves its socket").exists();
        assertFailed(
                api.put("vm.create", onSocket(socket).toString()),
                500,
                "The VM could not be created",
                "Error creating console devices",
                "Error creating console device",
                "Address already in use (os error 98)");
    }

    private ObjectNode onSocket(Path socket) throws IOException {
        ObjectNode config = config(button());
        config.putObject("serial").put("mode", "Socket").put("socket", socket.toString());
        return config;
    }
}
