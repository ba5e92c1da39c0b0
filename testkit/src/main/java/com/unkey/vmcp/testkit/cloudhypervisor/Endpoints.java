package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.HttpReply;
import com.unkey.vmcp.testkit.microhttp.HttpRequest;
import com.unkey.vmcp.testkit.vmm.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which request means what, and what is answered where it makes no sense. */
final class Endpoints {

    private static final String API_ERROR = "Error from API";
    private static final List<String> BAD_REQUEST = List.of("Bad Request");

    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final FakeVmm vmm;
    private final FakeFaults faults;
    private final long pid;

    /** What an endpoint does with a method and, perhaps, a body. */
    @FunctionalInterface
    private interface Endpoint {
        HttpReply answer(String method, Optional<byte[]> body);
    }

    /** A request with a body; what it gives is answered, nothing is 204. */
    @FunctionalInterface
    private interface Act {
        Optional<ObjectNode> on(ObjectNode body);
    }

    Endpoints(FakeVmm vmm, FakeFaults faults, long pid) {
        this.vmm = vmm;
        this.faults = faults;
        this.pid = pid;
        endpoints.put("vmm.ping", Endpoints.get("", () -> Optional.of(ping())));
        endpoints.put(
                "vm.info", get("The VM info is not available", () -> Optional.of(vmm.info())));
        endpoints.put("vm.create", this::create);
        endpoints.put("vmm.shutdown", this::end);
        plain("vm.boot", "The VM could not boot", vmm::boot);
        plain("vm.pause", "The VM could not be paused", vmm::pause);
        plain("vm.resume", "The VM could not resume", vmm::resume);
        plain("vm.shutdown", "The VM could not shutdown", vmm::shutdown);
        plain("vm.reboot", "The VM could not reboot", vmm::reboot);
        plain("vm.power-button", "Error triggering power button", vmm::pressPowerButton);
        plain("vm.nmi", "Error triggering NMI", vmm::interrupt);
        plain("vm.delete", "The VM could not be deleted", vmm::delete);
        endpoints.put("vm.counters", this::counters);
        changing();
    }

    private void changing() {
        with(
                "vm.add-disk",
                "The disk could not be added to the VM",
                Shapes.DISK,
                body -> vmm.add("disks", body));
        with(
                "vm.add-net",
                "The network device could not be added to the VM",
                Shapes.NET,
                body -> vmm.add("net", body));
        with(
                "vm.remove-device",
                "The device could not be removed from the VM",
                Shapes.DEVICE_ID,
                body -> nothing(() -> vmm.remove(body.path("id").asString())));
        with(
                "vm.resize",
                "The VM could not be resized",
                Shapes.RESIZE,
                body -> nothing(() -> vmm.resize(body)));
        with(
                "vm.resize-disk",
                "The disk could not be resized",
                Shapes.RESIZE_DISK,
                body -> nothing(() -> vmm.resizeDisk(body)));
        with(
                "vm.snapshot",
                "The VM could not be snapshotted",
                Shapes.SNAPSHOT,
                _ -> nothing(vmm::snapshot));
    }

    /** The endpoint's name such as {@code vm.boot}; empty where the path is not the API's. */
    static String name(HttpRequest request) {
        String path = request.path();
        return path.startsWith(VmmServer.API) ? path.substring(VmmServer.API.length()) : "";
    }

    HttpReply answer(HttpRequest request) {
        Endpoint endpoint = endpoints.get(name(request));
        return endpoint == null
                ? Replies.error(404, List.of("Not Found"))
                : endpoint.answer(request.method(), request.body());
    }

    private ObjectNode ping() {
        String version = faults.version();
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        answer.put("build_version", version);
        answer.put("version", version.startsWith("v") ? version.substring(1) + ".0" : version);
        answer.put("pid", pid);
        answer.putArray("features").add("io_uring").add("kvm");
        return answer;
    }

    private static Endpoint get(String title, Supplier<Optional<ObjectNode>> act) {
        return (method, _) ->
                method.equals("GET") ? tried(title, act) : Replies.error(400, BAD_REQUEST);
    }

    private HttpReply counters(String method, Optional<byte[]> body) {
        if (method.equals("PATCH")) {
            return Replies.bare(400, "");
        }
        return get("The VM info is not available", () -> Optional.of(vmm.counters()))
                .answer(method, body);
    }

    private HttpReply create(String method, Optional<byte[]> body) {
        if (!method.equals("PUT")) {
            return Replies.error(400, BAD_REQUEST);
        }
        if (body.isEmpty()) {
            return Replies.bare(400, "");
        }
        return tried(
                "The VM could not be created",
                () -> {
                    vmm.create(Shapes.VM.read(body.get()));
                    return Optional.empty();
                });
    }

    /** Its body, if there is one, is not looked at. */
    private HttpReply end(String method, Optional<byte[]> body) {
        if (!method.equals("PUT")) {
            return Replies.error(400, BAD_REQUEST);
        }
        vmm.end();
        return Replies.ok("");
    }

    private void plain(String name, String title, Runnable act) {
        endpoints.put(
                name,
                (method, body) -> {
                    if (method.equals("PATCH")) {
                        return Replies.bare(400, "");
                    }
                    if (!method.equals("PUT") || body.isPresent()) {
                        return Replies.error(400, BAD_REQUEST);
                    }
                    return tried(title, () -> nothing(act));
                });
    }

    private void with(String name, String title, Shape shape, Act act) {
        endpoints.put(
                name,
                (method, body) -> {
                    if (method.equals("PATCH")) {
                        return Replies.bare(400, "");
                    }
                    if (!method.equals("PUT") || body.isEmpty()) {
                        return Replies.error(400, BAD_REQUEST);
                    }
                    return tried(title, () -> act.on(shape.read(body.get())));
                });
    }

    private static Optional<ObjectNode> nothing(Runnable act) {
        act.run();
        return Optional.empty();
    }

    private static HttpReply tried(String title, Supplier<Optional<ObjectNode>> act) {
        try {
            return act.get()
                    .map(answer -> Replies.ok(answer.toString()))
                    .orElseGet(Replies::noContent);
        } catch (Shape.Misfit e) {
            return Replies.error(400, List.of("Failed to deserialize JSON", e.what()));
        } catch (Trouble e) {
            boolean ofApi = e.status() == 500 || e.status() == 404;
            Trouble told = ofApi ? e.within(API_ERROR, title) : e;
            return Replies.error(told.status(), told.causes());
        }
    }
}
