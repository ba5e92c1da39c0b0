package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A whole VM in the shape of {@code GET /vm/config}, where parts may be missing.
 *
 * <p>Before the guest is started Firecracker tells devices in the guest's order; afterwards in none
 * that means anything.
 */
record FullConfig(ObjectNode json) {

    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final String DRIVES = "drives";
    private static final String NICS = "network-interfaces";
    private static final String BOOT = "boot-source";
    private static final String KERNEL = "kernel_image_path";

    /** Devices of which a guest can have several, and what they are known by. */
    private static final Map<String, String> LISTS = lists();

    /** All else, in the order in which it can be told, and where. */
    private static final Map<String, String> SINGLES = singles();

    private static Map<String, String> lists() {
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put(DRIVES, "drive_id");
        ids.put(NICS, "iface_id");
        ids.put("pmem", "id");
        return ids;
    }

    private static Map<String, String> singles() {
        Map<String, String> paths = new LinkedHashMap<>();
        paths.put("machine-config", "/machine-config");
        paths.put(BOOT, "/boot-source");
        paths.put("memory-hotplug", "/hotplug/memory");
        paths.put("balloon", "/balloon");
        paths.put("vsock", "/vsock");
        paths.put("entropy", "/entropy");
        paths.put("mmds-config", "/mmds/config");
        return paths;
    }

    static FullConfig parse(String text) {
        return new FullConfig((ObjectNode) JSON.readTree(text));
    }

    /** What a Firecracker has been told that was told all of these. */
    static FullConfig of(List<Setting> settings) {
        ObjectNode json = JSON.createObjectNode();
        for (Setting setting : settings) {
            String path = setting.call().path();
            JsonNode body = JSON.readTree(setting.call().body().orElse("{}"));
            LISTS.keySet().stream()
                    .filter(list -> path.startsWith("/" + list + "/"))
                    .forEach(list -> json.withArray(list).add(body));
            SINGLES.entrySet().stream()
                    .filter(single -> single.getValue().equals(path))
                    .forEach(single -> json.set(single.getKey(), body));
        }
        return new FullConfig(json);
    }

    /** Tells it to a Firecracker that knows nothing yet. */
    List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        LISTS.forEach(
                (list, id) ->
                        each(list)
                                .forEach(
                                        device ->
                                                settings.add(
                                                        put(
                                                                "/" + list + "/" + text(device, id),
                                                                device))));
        SINGLES.forEach(
                (single, path) -> {
                    if (json.path(single).isObject()) {
                        settings.add(put(path, json.path(single)));
                    }
                });
        return settings;
    }

    private static Setting put(String path, JsonNode body) {
        return new Setting(
                HttpRequest.put(path, JSON.writeValueAsString(body)), "its " + path.substring(1));
    }

    /** Whether it says all that is needed to make the same VM again, the order of devices too. */
    boolean repeatable() {
        return !text(json.path(BOOT), KERNEL).isEmpty()
                && drives().stream().filter(drive -> !isRoot(drive)).count() <= 1
                && nics().size() <= 1
                && each("pmem").count() <= 1;
    }

    static boolean isRoot(JsonNode drive) {
        return drive.path("is_root_device").asBoolean(false);
    }

    List<JsonNode> drives() {
        return each(DRIVES).toList();
    }

    List<JsonNode> nics() {
        return each(NICS).toList();
    }

    JsonNode machine() {
        return json.path("machine-config");
    }

    JsonNode boot() {
        return json.path(BOOT);
    }

    long hotplugMib() {
        return json.path("memory-hotplug").path("total_size_mib").asLong(0);
    }

    private Stream<JsonNode> each(String list) {
        return json.path(list).valueStream();
    }

    private List<String> ids(String list) {
        return each(list).map(device -> text(device, LISTS.getOrDefault(list, "id"))).toList();
    }

    /** What has no value is told as null. */
    static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() ? value.asString() : "";
    }

    /** Devices that this has and that {@code other} does not replace, as a client may read them. */
    List<String> beyond(FullConfig other) {
        List<String> beyond = new ArrayList<>();
        for (String list : LISTS.keySet()) {
            List<String> replaced = other.ids(list);
            ids(list).stream()
                    .filter(id -> !replaced.contains(id))
                    .forEach(id -> beyond.add(list + "/" + id));
        }
        SINGLES.keySet().stream()
                .filter(single -> json.path(single).isObject())
                .filter(single -> !other.json.path(single).isObject())
                .filter(single -> !single.equals("machine-config") && !single.equals(BOOT))
                .forEach(beyond::add);
        return beyond;
    }

    /** Whether the guest of both has its disks and network interfaces in the same order. */
    boolean orderedAs(FullConfig other) {
        return ids(DRIVES).equals(other.ids(DRIVES)) && ids(NICS).equals(other.ids(NICS));
    }

    Identity identity() {
        return new Identity(
                text(boot(), KERNEL),
                text(boot(), "boot_args"),
                machine().path("vcpu_count").asInt(0),
                machine().path("mem_size_mib").asLong(0),
                new HashSet<>(ids(DRIVES)),
                new HashSet<>(ids(NICS)));
    }

    /**
     * By what a VM is known in a Firecracker that others use too, which knows no names of VMs.
     * Nothing is in it that can change while a guest runs.
     */
    record Identity(
            String kernel,
            String arguments,
            int vcpus,
            long memoryMib,
            Set<String> drives,
            Set<String> nics) {}

    @Override
    public String toString() {
        return JSON.writeValueAsString(json);
    }
}
