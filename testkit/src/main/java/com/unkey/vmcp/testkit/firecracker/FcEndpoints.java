package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.microhttp.HttpReply;
import com.unkey.vmcp.testkit.microhttp.HttpRequest;
import com.unkey.vmcp.testkit.vmm.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which request means what; every failure is 400 with a message. */
final class FcEndpoints {

    static final String SERVER = "Firecracker API";

    private static final String THREAD = "fc_api";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Microvm vm;
    private final Outputs outputs;
    private final FcLog log;
    private final FcMetrics metrics;
    private final Reports reports;

    FcEndpoints(Microvm vm, Reports reports, Outputs outputs, FcLog log, FcMetrics metrics) {
        this.vm = vm;
        this.reports = reports;
        this.outputs = outputs;
        this.log = log;
        this.metrics = metrics;
    }

    /** By what name faults are ordered for the request. */
    static String name(HttpRequest request) {
        String first = Target.of(request.path()).first();
        if (first.equals("actions") && request.body().isPresent()) {
            try {
                return JSON.readTree(request.body().get()).path("action_type").asString("");
            } catch (RuntimeException e) {
                return "";
            }
        }
        return (request.method() + " " + first).strip();
    }

    HttpReply answer(HttpRequest request) {
        log.info(THREAD, "The API server received a " + described(request) + ".");
        try {
            Optional<ObjectNode> answer = answered(request);
            log.info(
                    THREAD,
                    "The request was executed successfully. Status code: "
                            + (answer.isPresent() ? "200 OK." : "204 No Content."));
            HttpReply reply =
                    answer.map(told -> new HttpReply(200, SERVER, told.toString()))
                            .orElseGet(() -> new HttpReply(204, SERVER, ""));
            return usesWhatIsDeprecated(request) ? reply.deprecating() : reply;
        } catch (Shape.Misfit e) {
            return refused(
                    "An error occurred when deserializing the json body of a request: "
                            + e.what()
                            + ".");
        } catch (Refusal e) {
            return refused(e.what());
        }
    }

    private HttpReply refused(String message) {
        log.error(THREAD, "Received Error. Status code: 400 Bad Request. Message: " + message);
        String body = JSON.createObjectNode().put("fault_message", message).toString();
        return new HttpReply(400, SERVER, body);
    }

    private static String described(HttpRequest request) {
        String method =
                request.method().charAt(0) + request.method().substring(1).toLowerCase(Locale.ROOT);
        String body =
                request.body()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .map(text -> " with body " + JSON.writeValueAsString(text))
                        .orElse("");
        return method + " request on \"" + request.path() + "\"" + body;
    }

    private static boolean usesWhatIsDeprecated(HttpRequest request) {
        return request.path().startsWith("/machine-config")
                && request.body().isPresent()
                && new String(request.body().get(), StandardCharsets.UTF_8)
                        .contains("\"cpu_template\"");
    }

    private Optional<ObjectNode> answered(HttpRequest request) {
        Target target = Target.of(request.path());
        boolean withBody = request.body().isPresent();
        return switch (request.method()) {
            case "GET" -> {
                if (withBody) {
                    throw new Refusal("GET request cannot have a body.");
                }
                yield Optional.of(reports.of(target));
            }
            case "DELETE" -> {
                if (withBody) {
                    throw new Refusal("Empty Delete request.");
                }
                unplug(target);
                yield Optional.empty();
            }
            default -> {
                changed(request.method(), target, request.body());
                yield Optional.empty();
            }
        };
    }

    private void unplug(Target target) {
        if (!List.of("drives", "network-interfaces", "pmem").contains(target.first())) {
            throw target.unknownTo("DELETE");
        }
        target.device();
        vm.afterStart();
        throw new Refusal("PCI is not enabled");
    }

    private void changed(String method, Target target, Optional<byte[]> body) {
        boolean put = method.equals("PUT");
        byte[] text =
                body.orElseThrow(
                        () -> new Refusal(put ? "Empty PUT request." : "Empty PATCH request."));
        boolean known = put ? put(target, text) : patch(target, text);
        if (!known) {
            throw target.unknownTo(method);
        }
    }

    private boolean put(Target target, byte[] text) {
        switch (target.first()) {
            case "actions" -> act(Bodies.ACTION.read(text).path("action_type").asString());
            case "machine-config" -> {
                ObjectNode body = Bodies.MACHINE.read(text);
                vm.beforeStart().machine(body);
            }
            case "boot-source" -> {
                ObjectNode body = Bodies.BOOT_SOURCE.read(text);
                vm.beforeStart().bootSource(body);
            }
            case "drives" -> {
                ObjectNode body = device(target, Bodies.DRIVE, "drive_id", text);
                pluggable().drives().insert(body);
            }
            case "network-interfaces" -> {
                ObjectNode body = device(target, Bodies.INTERFACE, "iface_id", text);
                pluggable().interfaces().insert(body);
            }
            default -> {
                return putMore(target, text);
            }
        }
        return true;
    }

    /** Devices can come later only on a bus that this process does not have. */
    private Setup pluggable() {
        if (vm.state() != Microvm.State.NOT_STARTED) {
            throw new Refusal("PCI is not enabled");
        }
        return vm.beforeStart();
    }

    private boolean putMore(Target target, byte[] text) {
        switch (target.first()) {
            case "serial" -> {
                ObjectNode body = Bodies.SERIAL.read(text);
                vm.beforeStart().serial(body);
            }
            case "logger" -> {
                ObjectNode body = Bodies.LOGGER.read(text);
                vm.beforeStart();
                outputs.log(body);
            }
            case "metrics" -> {
                ObjectNode body = Bodies.METRICS.read(text);
                vm.beforeStart();
                outputs.metrics(body);
            }
            case "balloon" -> {
                ObjectNode body = Bodies.BALLOON.read(text);
                vm.beforeStart().balloon(body);
            }
            case "hotplug" -> {
                ObjectNode body = Bodies.MEMORY_HOTPLUG.read(text);
                vm.beforeStart().memoryHotplug(body);
            }
            case "vsock" -> keep("vsock", Bodies.VSOCK.read(text));
            case "entropy" -> keep("entropy", Bodies.ENTROPY.read(text));
            case "cpu-config" -> keep("cpu-config", Bodies.ANYTHING.read(text));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void keep(String name, ObjectNode body) {
        vm.beforeStart().other(name, body);
    }

    private void act(String action) {
        metrics.count("put_api_requests", "actions_count", 1);
        Map<String, Runnable> actions =
                Map.of(
                        "InstanceStart", vm::start,
                        "FlushMetrics", vm::flushMetrics,
                        "SendCtrlAltDel", vm::pressCtrlAltDel);
        Runnable step = actions.get(action);
        if (step != null) {
            step.run();
        }
    }

    private boolean patch(Target target, byte[] text) {
        switch (target.first()) {
            case "vm" -> {
                if (Bodies.VM.read(text).path("state").asString().equals("Paused")) {
                    vm.pause();
                } else {
                    vm.resume();
                }
            }
            case "machine-config" -> {
                ObjectNode body = Bodies.MACHINE_UPDATE.read(text);
                if (body.isEmpty()) {
                    throw new Refusal("Empty PATCH request.");
                }
                vm.beforeStart().machine(body);
            }
            case "drives" -> {
                ObjectNode body = device(target, Bodies.DRIVE_UPDATE, "drive_id", text);
                vm.afterStart().drives().update(body);
            }
            case "network-interfaces" -> {
                ObjectNode body = device(target, Bodies.INTERFACE_UPDATE, "iface_id", text);
                vm.afterStart().interfaces().update(body);
            }
            case "hotplug" -> {
                Bodies.MEMORY_HOTPLUG_UPDATE.read(text);
                vm.afterStart();
                throw new Refusal(
                        "Memory hotplug update error: Failed to create memory hotplug device:"
                                + " Device is not active");
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static ObjectNode device(Target target, Shape shape, String field, byte[] text) {
        String named = target.device();
        ObjectNode body = shape.read(text);
        String told = body.path(field).asString();
        if (!told.equals(named)) {
            throw new Refusal(
                    field.equals("drive_id")
                            ? "The id from the path does not match the id from the body!"
                            : "The id from the path [%s] does not match the id from the body [%s]!"
                                    .formatted(named, told));
        }
        return body;
    }
}
