package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiReply;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which call Cloud Hypervisor v53.0 takes in which state, and what a call changes. */
public abstract class CloudHypervisorStateContract extends ServerSteps {

    /** What a process can hold. */
    protected enum State {
        NONE,
        CREATED,
        RUNNING,
        PAUSED
    }

    /** What a request is answered in each state. */
    private record Codes(int none, int created, int running, int paused) {
        int in(State state) {
            return switch (state) {
                case NONE -> none;
                case CREATED -> created;
                case RUNNING -> running;
                case PAUSED -> paused;
            };
        }
    }

    /** Codes by request. */
    private static final Map<String, Codes> CODES =
            Map.ofEntries(
                    Map.entry("GET vmm.ping", new Codes(200, 200, 200, 200)),
                    Map.entry("GET vm.info", new Codes(404, 200, 200, 200)),
                    Map.entry("GET vm.counters", new Codes(500, 500, 200, 200)),
                    Map.entry("PUT vm.create {}", new Codes(204, 500, 500, 500)),
                    Map.entry("PUT vm.boot", new Codes(404, 204, 500, 500)),
                    Map.entry("PUT vm.pause", new Codes(500, 500, 204, 500)),
                    Map.entry("PUT vm.resume", new Codes(500, 500, 500, 204)),
                    Map.entry("PUT vm.shutdown", new Codes(500, 500, 204, 204)),
                    Map.entry("PUT vm.reboot", new Codes(404, 404, 204, 204)),
                    Map.entry("PUT vm.power-button", new Codes(500, 500, 204, 204)),
                    Map.entry("PUT vm.delete", new Codes(204, 204, 204, 204)),
                    Map.entry("PUT vm.resize {}", new Codes(404, 204, 204, 204)),
                    Map.entry(
                            "PUT vm.add-disk {\"path\":\"/nope\"}", new Codes(404, 204, 500, 500)),
                    Map.entry("PUT vm.remove-device {\"id\":\"x\"}", new Codes(404, 500, 500, 500)),
                    Map.entry(
                            "PUT vm.resize-disk {\"id\":\"x\",\"desired_size\":1}",
                            new Codes(404, 500, 500, 500)));

    @ParameterizedTest
    @EnumSource
    void everyCallHasItsCode(State state) throws IOException {
        Map<String, Integer> expected = new TreeMap<>();
        Map<String, Integer> answered = new TreeMap<>();
        for (Map.Entry<String, Codes> row : CODES.entrySet()) {
            enter(state);
            String[] words = row.getKey().split(" ", 3);
            ApiReply reply = api.request(words[0], words[1], words.length > 2 ? words[2] : "");
            expected.put(row.getKey(), row.getValue().in(state));
            answered.put(row.getKey(), reply.status());
            if (reply.status() >= 400) {
                assertThat(reply.causes()).as(row.getKey()).first().isEqualTo("Error from API");
            }
        }
        assertThat(answered).isEqualTo(expected);
    }

    /** The guest ignores its button: a power-off of its own amid a delete ends the real process. */
    private void enter(State state) throws IOException {
        put("vm.delete");
        if (state != State.NONE) {
            create(config(deaf()));
        }
        if (state == State.RUNNING || state == State.PAUSED) {
            put("vm.boot");
        }
        if (state == State.PAUSED) {
            put("vm.pause");
        }
    }

    /** An interrupt table is nothing that a mini guest has. */
    @Test
    void interruptResetsAGuestThatIsNotPreparedForItUnlessItIsPaused() throws IOException {
        assertFailed(api.put("vm.nmi"), 500, "Error triggering NMI", "VM is not running");
        enter(State.PAUSED);
        put("vm.nmi");
        assertThat(state()).isEqualTo("Paused");
        enter(State.RUNNING);
        put("vm.nmi");
        awaitEvent("vm/rebooted", 1);
    }

    @Test
    void causesSayWhatIsMissing() throws IOException {
        assertFailed(api.get("vm.info"), 404, "The VM info is not available", "VM is not created");
        assertFailed(api.put("vm.boot"), 404, "The VM could not boot", "VM config is missing");
        assertFailed(api.put("vm.shutdown"), 500, "The VM could not shutdown", "VM is not running");
        create(config(button()));
        assertFailed(
                api.put("vm.create", "{}"),
                500,
                "The VM could not be created",
                "VM is already created");
        assertFailed(api.put("vm.reboot"), 404, "The VM could not reboot", "VM is not created");
        put("vm.boot");
        assertFailed(api.put("vm.boot"), 500, "The VM could not boot", "VM is already created");
        assertFailed(
                api.put("vm.resume"),
                500,
                "The VM could not resume",
                "Cannot resume VM",
                "Failed to resume migratable component",
                "Invalid transition: InvalidStateTransition(Running, Running)");
    }

    @Test
    void infoTellsTheStateAndNeverAShutdown() throws IOException {
        create(config(button()));
        assertThat(state()).isEqualTo("Created");
        assertThat(info().has("device_tree")).isFalse();
        put("vm.boot");
        assertThat(state()).isEqualTo("Running");
        assertThat(info().path("device_tree").isObject()).isTrue();
        put("vm.pause");
        assertThat(state()).isEqualTo("Paused");
        put("vm.shutdown");
        assertThat(state()).isEqualTo("Created");
        assertThat(info().has("device_tree")).isFalse();
        put("vm.boot");
        assertThat(state()).isEqualTo("Running");
    }

    @Test
    void infoTellsTheConfigurationWithDefaults() throws IOException {
        create(withDisk(config(button()), image("disk.raw"), ""));
        JsonNode config = info().path("config");
        assertThat(config.path("cpus").path("max_phys_bits").asInt(0)).isEqualTo(46);
        assertThat(config.path("memory").path("hotplug_method").asString()).isEqualTo("Acpi");
        assertThat(config.path("serial").path("file").asString()).isEqualTo(serial().toString());
        JsonNode disk = config.path("disks").path(0);
        assertThat(disk.path("num_queues").asInt(0)).isEqualTo(1);
        assertThat(disk.path("readonly").asBoolean(true)).isFalse();
        assertThat(disk.has("id")).isFalse();
        assertThat(info().path("memory_actual_size").asLong(0)).isEqualTo(128L << 20);
    }

    @Test
    void devicesGetIdsAtTheStartAndCount() throws IOException {
        ObjectNode config = withDisk(config(button()), image("one.raw"), "");
        boot(withDisk(config, image("two.raw"), "named"));
        JsonNode disks = info().path("config").path("disks");
        assertThat(disks.path(0).path("id").asString()).isEqualTo("_disk0");
        assertThat(disks.path(1).path("id").asString()).isEqualTo("named");
        assertThat(info().path("device_tree").has("_disk0")).isTrue();
        JsonNode counters = api.get("vm.counters").json();
        assertThat(counters.propertyNames()).containsExactlyInAnyOrder("_disk0", "named");
        JsonNode disk = counters.path("named");
        assertThat(disk.propertyNames())
                .containsExactlyInAnyOrder(
                        "read_bytes",
                        "read_ops",
                        "read_latency_min",
                        "read_latency_max",
                        "read_latency_avg",
                        "write_bytes",
                        "write_ops",
                        "write_latency_min",
                        "write_latency_max",
                        "write_latency_avg");
        assertThat(disk.path("read_bytes").asLong(1)).isZero();
        assertThat(disk.path("read_latency_min").asBigInteger()).hasToString(BIG);
        assertThat(disk.path("write_latency_avg").asLong(0)).isEqualTo(1844674407370955L);
    }

    @Test
    void typeOfAnUndeclaredImageIsKept() throws IOException {
        ObjectNode config = config(button());
        config.withArray("disks").addObject().put("path", image("disk.raw").toString());
        boot(config);
        assertThat(info().path("config").path("disks").path(0).path("image_type").asString())
                .isEqualTo("Raw");
    }

    @Test
    void diskIsAddedAndRemovedWithTheGuestsHelp() throws IOException {
        boot(config(button()));
        awaitTicks(1);
        String disk =
                "{\"id\":\"extra\",\"path\":\"" + image("extra.raw") + "\",\"image_type\":\"Raw\"}";
        ApiReply added = api.put("vm.add-disk", disk);
        assertThat(added.status()).isEqualTo(200);
        assertThat(added.json().path("id").asString()).isEqualTo("extra");
        assertThat(added.json().path("bdf").asString()).matches("0000:00:..\\.0");
        assertFailed(
                api.put("vm.add-disk", disk),
                500,
                "The disk could not be added to the VM",
                "Failed to validate config",
                "Identifier extra is not unique");
        assertThat(api.get("vm.counters").json().has("extra")).isTrue();
        assertDone(api.put("vm.remove-device", "{\"id\":\"extra\"}"));
        assertThat(info().path("config").path("disks")).isEmpty();
        awaitEvent("vm/device-removed", 1);
        assertThat(info().path("device_tree").has("extra")).isFalse();
        assertFailed(
                api.put("vm.remove-device", "{\"id\":\"extra\"}"),
                500,
                "The device could not be removed from the VM",
                "Error from device manager",
                "Failed to find device corresponding to the given identifier: extra");
    }

    @Test
    void diskThatTheGuestKeepsStaysInTheTree() throws IOException {
        boot(withDisk(config(deaf()), image("kept.raw"), "kept"));
        assertDone(api.put("vm.remove-device", "{\"id\":\"kept\"}"));
        assertThat(info().path("config").path("disks")).isEmpty();
        assertThat(info().path("device_tree").has("kept")).isTrue();
    }

    @Test
    void devicesOfAVmThatDoesNotRunAreAddedUnlooked() throws IOException {
        create(config(button()));
        assertDone(api.put("vm.add-disk", "{\"id\":\"cold\",\"path\":\"/nope\"}"));
        assertThat(info().path("config").path("disks").path(0).path("id").asString())
                .isEqualTo("cold");
        assertDone(api.put("vm.remove-device", "{\"id\":\"cold\"}"));
        assertThat(info().path("config").path("disks")).isEmpty();
    }

    @Test
    void sizeIsChangedWithinItsLimits() throws IOException {
        create(config(button()));
        assertDone(api.put("vm.resize", "{\"desired_ram\":67108864}"));
        assertThat(info().path("memory_actual_size").asLong(0)).isEqualTo(64L << 20);
        assertDone(api.put("vm.resize", "{\"desired_ram\":134217728}"));
        put("vm.boot");
        assertFailed(
                api.put("vm.resize", "{\"desired_vcpus\":2}"),
                500,
                "The VM could not be resized",
                "Error from CPU manager",
                "Requested vCPUs exceed maximum");
        assertFailed(
                api.put("vm.resize", "{\"desired_ram\":268435456}"),
                500,
                "The VM could not be resized",
                "Memory manager error",
                "Not enough space in the hotplug RAM region");
    }
}
