package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.cloudhypervisor.Device.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The devices of a VM object. They are taken out of the configuration while they are made, and put
 * back with their ids; a list of which one cannot be made is therefore gone.
 */
final class Devices {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> LISTS = List.of("disks", "net", "fs", "pmem");

    private final ObjectNode config;
    private final FakeOptions options;
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private int nextNumber;
    private int nextSlot = 1;

    private Devices(ObjectNode config, FakeOptions options) {
        this.config = config;
        this.options = options;
    }

    /**
     * Makes all devices of the configuration.
     *
     * @throws Trouble where one cannot be made; its list is then gone
     */
    static Devices make(ObjectNode config, FakeOptions options) {
        Devices made = new Devices(config, options);
        try {
            LISTS.forEach(made::makeList);
            made.add("__rng", Kind.OTHER, Optional.empty());
            return made;
        } catch (Trouble e) {
            made.close();
            throw e;
        }
    }

    private void makeList(String list) {
        JsonNode wanted = config.remove(list);
        if (wanted == null) {
            return;
        }
        wanted.forEach(each -> make(list, (ObjectNode) each));
        config.set(list, wanted);
    }

    private Device make(String list, ObjectNode wanted) {
        String id = wanted.path("id").asString("");
        if (id.isEmpty()) {
            id = "_" + (list.equals("disks") ? "disk" : list) + nextNumber++;
            putFirst(wanted, "id", id);
        }
        return switch (list) {
            case "disks" -> add(id, Kind.BLOCK, Optional.of(DiskImage.open(wanted, options)));
            case "net" -> {
                if (!wanted.has("host_mac")) {
                    wanted.put("host_mac", "2e:00:00:00:01:%02x".formatted(nextSlot));
                }
                yield add(id, Kind.NET, Optional.empty());
            }
            default -> add(id, Kind.OTHER, Optional.empty());
        };
    }

    private static void putFirst(ObjectNode object, String name, String value) {
        ObjectNode rest = object.deepCopy();
        object.removeAll();
        object.put(name, value);
        object.setAll(rest);
    }

    private Device add(String id, Kind kind, Optional<DiskImage> image) {
        Device device = Device.of(id, kind, nextSlot++, image);
        devices.put(id, device);
        return device;
    }

    void lockImages() {
        devices.values().forEach(each -> each.image().ifPresent(DiskImage::lock));
    }

    /** Plugs a device in while the VM runs. */
    synchronized Device plug(String list, ObjectNode wanted) {
        Device device = make(list, wanted);
        try {
            device.image().ifPresent(DiskImage::lock);
        } catch (Trouble e) {
            forget(device.id());
            throw e.within("Error from device manager");
        }
        config.withArray(list).add(wanted);
        return device;
    }

    /**
     * Takes a device out of the configuration, which is at once; the device itself stays until the
     * guest has given it up.
     */
    synchronized Device release(String id) {
        Device device = devices.get(id);
        if (device == null || (device.kind() != Kind.OTHER && !removeFrom(config, id))) {
            throw Trouble.failed(
                    "Error from device manager",
                    "Failed to find device corresponding to the given identifier: " + id);
        }
        if (device.kind() == Kind.OTHER) {
            throw Trouble.failed(
                    "Error from device manager",
                    "Not allowed to remove this type of device from the VM: " + id);
        }
        return device;
    }

    /** Removes the device from the configuration; false where there is none of that id. */
    static boolean removeFrom(ObjectNode config, String id) {
        for (String list : LISTS) {
            if (config.path(list) instanceof ArrayNode all) {
                for (int i = 0; i < all.size(); i++) {
                    if (all.get(i).path("id").asString("").equals(id)) {
                        all.remove(i);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    synchronized Optional<Device> find(String id) {
        return Optional.ofNullable(devices.get(id));
    }

    /** The guest has given it up. */
    synchronized void forget(String id) {
        Device device = devices.remove(id);
        if (device != null) {
            device.close();
        }
    }

    synchronized void use() {
        devices.values().forEach(Device::use);
    }

    synchronized ObjectNode counters() {
        ObjectNode counters = JSON.createObjectNode();
        devices.values().forEach(each -> each.countInto(counters));
        return counters;
    }

    synchronized ObjectNode tree() {
        ObjectNode tree = JSON.createObjectNode();
        node(tree, "__serial");
        node(tree, "__ioapic");
        for (Device each : devices.values()) {
            String bridge = "_virtio-pci-" + each.id();
            node(tree, each.id()).put("parent", bridge);
            ObjectNode pci = node(tree, bridge);
            pci.withArray("children").add(each.id());
            pci.put("pci_bdf", each.bdf());
        }
        return tree;
    }

    private static ObjectNode node(ObjectNode tree, String id) {
        ObjectNode node = tree.putObject(id).put("id", id);
        node.putArray("resources");
        node.putArray("children");
        return node;
    }

    synchronized void close() {
        List<Device> all = new ArrayList<>(devices.values());
        devices.clear();
        all.forEach(Device::close);
    }
}
