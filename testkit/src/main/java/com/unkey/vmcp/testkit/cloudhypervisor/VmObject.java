package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.GuestKind;
import com.unkey.vmcp.testkit.vmm.PlayedGuest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A VM object: what exists from a start to the next stop. Its state is CREATED only where its start
 * has failed halfway. For one caller at a time; the guest calls the rest by itself.
 */
final class VmObject {

    enum State {
        CREATED,
        RUNNING,
        PAUSED;

        /** As the API and its errors spell it. */
        String told() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    private final ObjectNode config;
    private final FakeOptions options;
    private final Devices devices;
    private State state = State.CREATED;
    private @Nullable PlayedGuest guest;
    private GuestKind kind = GuestKind.IGNORES_BUTTON;
    private boolean removalPending;

    private VmObject(ObjectNode config, FakeOptions options, Devices devices) {
        this.config = config;
        this.options = options;
        this.devices = devices;
    }

    /**
     * Checks the configuration and makes the devices.
     *
     * @throws Trouble where the VM object does not come to exist
     */
    static VmObject make(ObjectNode config, FakeOptions options) {
        BootChecks.validate(config);
        BootChecks.beforeDevices(config, options);
        return new VmObject(config, options, Devices.make(config, options));
    }

    /**
     * Locks the images, loads the kernel and lets the guest run.
     *
     * @throws Trouble where the object stays, in CREATED
     */
    void start(PlayedGuest.Machine machine) {
        devices.lockImages();
        kind = GuestKind.of(BootChecks.load(config, options));
        guest = PlayedGuest.start("vcpu0", kind, machine);
        state = State.RUNNING;
    }

    State state() {
        return state;
    }

    Devices devices() {
        return devices;
    }

    GuestKind kind() {
        return kind;
    }

    @Nullable PlayedGuest guest() {
        return guest;
    }

    void pause() {
        turn(State.PAUSED, "Cannot pause VM", "Failed to pause migratable component");
        if (guest != null) {
            guest.pause();
        }
    }

    void resume() {
        turn(State.RUNNING, "Cannot resume VM", "Failed to resume migratable component");
        if (guest != null) {
            guest.resume();
        }
    }

    private void turn(State next, String... failure) {
        if (state == next) {
            throw Trouble.failed(
                            "Invalid transition: InvalidStateTransition(%s, %s)"
                                    .formatted(state.told(), next.told()))
                    .within(failure);
        }
        state = next;
    }

    void pressPowerButton() {
        if (guest != null) {
            guest.pressButton();
        }
    }

    /** Changes what runs; a removal of vCPUs is never confirmed by a played guest. */
    void resize(ObjectNode wanted) {
        if (wanted.has("desired_vcpus")) {
            resizeCpus(wanted.path("desired_vcpus").asLong(1));
        }
        if (wanted.has("desired_ram")) {
            resizeMemory(wanted.path("desired_ram").asLong(0));
        }
        if (wanted.has("desired_balloon") && !config.has("balloon")) {
            throw Trouble.failed(
                    "Error from device manager",
                    "Missing virtio-balloon, can't proceed as expected");
        }
    }

    private void resizeCpus(long vcpus) {
        ObjectNode cpus = (ObjectNode) config.get("cpus");
        if (removalPending) {
            throw Trouble.withStatus(429, "Too Many Requests");
        }
        if (vcpus > cpus.path("max_vcpus").asLong(1)) {
            throw Trouble.failed("Error from CPU manager", "Requested vCPUs exceed maximum");
        }
        removalPending = vcpus < cpus.path("boot_vcpus").asLong(1);
        cpus.put("boot_vcpus", vcpus);
    }

    private void resizeMemory(long bytes) {
        ObjectNode memory = (ObjectNode) config.get("memory");
        long size = memory.path("size").asLong(0);
        if (bytes > size + memory.path("hotplug_size").asLong(0)) {
            throw Trouble.failed(
                    "Memory manager error", "Not enough space in the hotplug RAM region");
        }
        memory.put("size", bytes);
    }

    void stop() {
        if (guest != null) {
            guest.stop();
        }
        devices.close();
    }
}
