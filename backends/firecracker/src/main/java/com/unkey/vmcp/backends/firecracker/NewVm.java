package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.http.HttpRequest;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A VM that is about to be told to a Firecracker which somebody else started, and which may have
 * been told of others before.
 *
 * @param settings of the VM
 * @param outputs where Firecracker is to write for us; empty where its maker has said so
 */
record NewVm(List<Setting> settings, Optional<Outputs> outputs) {

    private static final Logger log = LoggerFactory.getLogger(NewVm.class);
    private static final ObjectMapper JSON = JsonMapper.shared();

    /** A CPU template that nobody mentions again would stay. */
    private static final Setting NO_TEMPLATE =
            new Setting(
                    HttpRequest.put(
                            "/machine-config",
                            """
                            {"vcpu_count": 1, "mem_size_mib": 128, "cpu_template": "None"}"""),
                    "config.cpu");

    /**
     * Files that Firecracker writes for us.
     *
     * @param console empty: what the guest says goes to wherever the process's output goes
     */
    record Outputs(Optional<Path> console, Path metrics) {}

    /** A VM of a client's. */
    static NewVm of(LaunchPlan plan, Resources resources) {
        Path kernel = resources.kernels().apply(plan.definition().files().kernel());
        RunFiles files = resources.files(plan);
        return new NewVm(
                GuestConfig.of(plan.definition(), kernel, UnaryOperator.identity()),
                Optional.of(new Outputs(files.console(), files.metrics())));
    }

    /** A VM that was found once, as it was found. */
    static NewVm again(FullConfig config) {
        if (!config.repeatable()) {
            throw VmException.unavailable(
                    "this VM was made by somebody else, and in which order its guest had its"
                            + " devices Firecracker does not tell: let its maker start it");
        }
        return new NewVm(config.settings(), Optional.empty());
    }

    FullConfig config() {
        return FullConfig.of(settings);
    }

    /**
     * Looks at what was told before.
     *
     * @throws VmException unavailable where some of it stays whatever else is told
     */
    void requireRoom(FullConfig present) {
        List<String> beyond = present.beyond(config());
        if (!beyond.isEmpty()) {
            throw fresh("was told of " + String.join(", ", beyond) + " before");
        }
    }

    private static VmException fresh(String why) {
        return VmException.unavailable(
                "the Firecracker at the endpoint %s, which cannot be undone: start a fresh one at"
                                .formatted(why)
                        + " the same socket");
    }

    /** Tells the VM. */
    void tell(FcApi api) {
        all().forEach(api::set);
        // Whatever is told again moves to where Firecracker likes it.
        if (!api.config().orderedAs(config())) {
            throw fresh("was told of the same devices in another order before");
        }
    }

    private List<Setting> all() {
        List<Setting> all = new ArrayList<>(List.of(NO_TEMPLATE));
        outputs.map(Outputs::console).map(NewVm::serial).ifPresent(all::add);
        all.addAll(settings);
        return all;
    }

    /** Its standard output is somebody else's; a file that was named before must be forgotten. */
    private static Setting serial(Optional<Path> console) {
        ObjectNode serial = JSON.createObjectNode();
        console.ifPresent(file -> serial.put("serial_out_path", file.toString()));
        return put("/serial", serial, "config.console");
    }

    private static Setting put(String path, ObjectNode body, String field) {
        return new Setting(HttpRequest.put(path, JSON.writeValueAsString(body)), field);
    }

    /**
     * Has what the VM uses written to a file of ours, which a process can be told once only.
     *
     * @return whether it is
     */
    boolean count(FcApi api) {
        if (outputs.isEmpty()) {
            return false;
        }
        ObjectNode metrics =
                JSON.createObjectNode().put("metrics_path", outputs.get().metrics().toString());
        try {
            api.set(put("/metrics", metrics, "its metrics"));
            return true;
        } catch (VmException e) {
            log.info("disks and network interfaces of an attached VM are not counted", e);
            return false;
        }
    }
}
