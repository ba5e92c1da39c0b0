package com.unkey.vmcp.testkit.firecracker;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a GET is answered. */
final class Reports {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Microvm vm;
    private final FirecrackerFaults faults;
    private final String id;

    Reports(Microvm vm, FirecrackerFaults faults, String id) {
        this.vm = vm;
        this.faults = faults;
        this.id = id;
    }

    /**
     * The answer.
     *
     * @throws Refusal where there is none
     */
    ObjectNode of(Target target) {
        return switch (target.first()) {
            case "" -> instance();
            case "version" -> JSON.createObjectNode().put("firecracker_version", faults.version());
            case "machine-config" -> vm.setup().machine();
            case "balloon" -> balloon();
            case "mmds" -> JSON.createObjectNode();
            default -> toldMore(target);
        };
    }

    private ObjectNode toldMore(Target target) {
        if (target.is("vm", "config")) {
            return vm.setup().told();
        }
        if (target.is("hotplug", "memory")) {
            return (ObjectNode)
                    vm.afterStart()
                            .other("memory-hotplug")
                            .<JsonNode>map(
                                    known ->
                                            ((ObjectNode) known.deepCopy())
                                                    .put("plugged_size_mib", 0)
                                                    .put("requested_size_mib", 0))
                            .orElseThrow(Reports::noDevice);
        }
        throw target.unknownTo("GET");
    }

    private ObjectNode balloon() {
        boolean started = vm.state() != Microvm.State.NOT_STARTED;
        return (ObjectNode)
                vm.setup()
                        .other("balloon")
                        .orElseThrow(
                                () ->
                                        started
                                                ? noDevice()
                                                : new Refusal(
                                                        "Balloon config error: No balloon device"
                                                                + " found."));
    }

    private static Refusal noDevice() {
        return new Refusal("Internal VMM error: Failed perform action on device: Device not found");
    }

    private ObjectNode instance() {
        return JSON.createObjectNode()
                .put("id", id)
                .put("state", vm.state().told())
                .put("vmm_version", faults.version())
                .put("app_name", "Firecracker");
    }
}
