package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.cloudhypervisor.Device.Kind;
import com.unkey.vmcp.testkit.vmm.PlayedGuest;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one VM of a process: no configuration, a configuration, or a configuration and a VM object.
 * Each method is a request or something the guest has done, and they exclude one another.
 */
final class FakeVmm {

    /** What the VM can do to the process around it. */
    interface Surroundings {
        FakeOptions options();

        EventMonitor events();

        OutputStream stdout();

        /** The guest has switched off a VMM that is to end with it. */
        void endWithGuest();

        /** Ends with exit code 1 and these words; nothing is tidied up. */
        void die(String words);
    }

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Surroundings process;
    private @Nullable ObjectNode config;
    private @Nullable VmObject vm;
    private @Nullable Consoles consoles;

    FakeVmm(Surroundings process) {
        this.process = process;
    }

    synchronized void create(ObjectNode wanted) {
        if (config != null) {
            throw Trouble.failed("VM is already created");
        }
        config = wanted;
        consoles = openConsoles(wanted);
    }

    private Consoles openConsoles(ObjectNode named) {
        return Consoles.open(named, process.options(), process.stdout());
    }

    synchronized void boot() {
        if (vm != null) {
            throw Trouble.failed("VM is already created");
        }
        tell("booting");
        ObjectNode wanted = config;
        if (wanted == null) {
            throw Trouble.missing("VM config is missing");
        }
        if (consoles == null) {
            consoles = openConsoles(wanted);
        }
        VmObject made = VmObject.make(wanted, process.options());
        vm = made;
        made.start(machine(made, consoles));
        tell("booted");
    }

    synchronized void pause() {
        VmObject running = running();
        tell("pausing");
        running.pause();
        tell("paused");
    }

    synchronized void resume() {
        VmObject paused = running();
        tell("resuming");
        paused.resume();
        tell("resumed");
    }

    synchronized void shutdown() {
        running();
        powerOff();
        tell("shutdown");
    }

    private void powerOff() {
        VmObject old = vm;
        Consoles open = consoles;
        vm = null;
        consoles = null;
        if (old != null) {
            old.stop();
        }
        if (open != null) {
            open.close();
        }
    }

    synchronized void reboot() {
        tell("rebooting");
        ObjectNode wanted = config;
        if (vm == null || wanted == null) {
            throw Trouble.missing("VM is not created");
        }
        powerOff();
        Consoles opened = openConsoles(wanted);
        consoles = opened;
        VmObject made = VmObject.make(wanted, process.options());
        try {
            made.start(machine(made, opened));
        } catch (Trouble e) {
            made.stop();
            throw e;
        }
        vm = made;
        tell("rebooted");
    }

    synchronized void pressPowerButton() {
        running().pressPowerButton();
    }

    /**
     * No played guest has an interrupt table: an NMI is a triple fault, which is a reset. It is
     * lost while the guest is paused.
     */
    synchronized void interrupt() {
        VmObject hit = running();
        if (hit.guest() != null && hit.state() == VmObject.State.RUNNING) {
            Thread.ofVirtual().start(() -> guestReset(hit));
        }
    }

    synchronized void delete() {
        if (config == null) {
            return;
        }
        if (vm != null) {
            shutdown();
        }
        if (consoles != null) {
            consoles.abandon();
            consoles = null;
        }
        config = null;
        tell("deleted");
    }

    synchronized void end() {
        delete();
        process.events().tell("vmm", "shutdown");
    }

    synchronized ObjectNode info() {
        ObjectNode known = configured();
        VmObject now = vm;
        ObjectNode info = JSON.createObjectNode();
        info.set("config", known.deepCopy());
        info.put("state", now == null ? "Created" : now.state().told());
        info.put("memory_actual_size", known.path("memory").path("size").asLong(0));
        if (now != null) {
            info.set("device_tree", now.devices().tree());
        }
        return info;
    }

    synchronized ObjectNode counters() {
        return running().devices().counters();
    }

    synchronized void resize(ObjectNode wanted) {
        ObjectNode known = configured();
        if (vm == null) {
            copy(wanted, "desired_vcpus", (ObjectNode) known.get("cpus"), "boot_vcpus");
            copy(wanted, "desired_ram", (ObjectNode) known.get("memory"), "size");
            return;
        }
        tell("resizing");
        vm.resize(wanted);
        tell("resized");
    }

    private static void copy(ObjectNode from, String name, ObjectNode to, String as) {
        if (from.has(name)) {
            to.set(as, from.get(name));
        }
    }

    synchronized void resizeDisk(ObjectNode wanted) {
        configured();
        VmObject now = vm;
        if (now == null) {
            throw Trouble.failed("Failed resizing a disk image");
        }
        String id = wanted.path("id").asString();
        DiskImage image =
                now.devices()
                        .find(id)
                        .flatMap(Device::image)
                        .orElseThrow(
                                () ->
                                        Trouble.failed(
                                                "Error from device manager",
                                                "Failed to find device corresponding to the given"
                                                        + " identifier: "
                                                        + id));
        image.resize(wanted.path("desired_size").asLong(0));
    }

    /** Plugs a device in, or adds it to the configuration where no VM object is. */
    synchronized Optional<ObjectNode> add(String list, ObjectNode wanted) {
        ObjectNode known = configured();
        ObjectNode changed = known.deepCopy();
        changed.withArray(list).add(wanted.deepCopy());
        BootChecks.validate(changed);
        if (vm == null) {
            known.withArray(list).add(wanted);
            return Optional.empty();
        }
        Device device = vm.devices().plug(list, wanted);
        return Optional.of(JSON.createObjectNode().put("id", device.id()).put("bdf", device.bdf()));
    }

    synchronized void remove(String id) {
        ObjectNode known = configured();
        VmObject now = vm;
        if (now == null) {
            if (!Devices.removeFrom(known, id)) {
                throw Trouble.failed("No device with id \"" + id + "\" to remove");
            }
            return;
        }
        Device device = now.devices().release(id);
        if (now.kind().ejectsDevices()) {
            Thread.ofVirtual().start(() -> guestEjected(now, device));
        }
    }

    /** Snapshots are not played. */
    synchronized void snapshot() {
        VmObject now = running();
        tell("snapshotting");
        throw Trouble.failed(
                "Cannot snapshot VM",
                "Failed to snapshot migratable component",
                now.state() == VmObject.State.PAUSED
                        ? "Could not get vCPU state"
                        : "Trying to snapshot while VM is running");
    }

    private ObjectNode configured() {
        ObjectNode known = config;
        if (known == null) {
            throw Trouble.missing("VM is not created");
        }
        return known;
    }

    private VmObject running() {
        VmObject now = vm;
        if (now == null) {
            throw Trouble.failed("VM is not running");
        }
        return now;
    }

    private void tell(String event) {
        process.events().tell("vm", event);
    }

    /** The vCPUs' names and the guest they belong to, if one runs. */
    synchronized Optional<PlayedGuest> guest() {
        return Optional.ofNullable(vm).flatMap(now -> Optional.ofNullable(now.guest()));
    }

    synchronized int vcpus() {
        ObjectNode known = config;
        return known == null ? 0 : known.path("cpus").path("boot_vcpus").asInt(1);
    }

    /** Stops the guest and lets go of all files, as the death of the process does. */
    synchronized void vanish() {
        if (vm != null) {
            vm.stop();
            vm = null;
        }
        if (consoles != null) {
            consoles.abandon();
            consoles = null;
        }
    }

    private PlayedGuest.Machine machine(VmObject of, Consoles console) {
        return new GuestSide(
                of, console, process.events(), this::guestPoweredOff, this::guestReset);
    }

    private synchronized void guestPoweredOff(VmObject by) {
        if (vm != by) {
            return;
        }
        if (process.options().noShutdown()) {
            shutdown();
        } else {
            process.endWithGuest();
        }
    }

    private synchronized void guestReset(VmObject by) {
        if (vm != by) {
            return;
        }
        try {
            reboot();
        } catch (Trouble e) {
            process.die(
                    "Error: Cloud Hypervisor exited with the following chain of errors:\n"
                            + "  0: VMM thread exited with error\n  1: Error rebooting VM\n  2: "
                            + String.join("\n  3: ", e.causes()));
        }
    }

    private synchronized void guestEjected(VmObject by, Device device) {
        if (vm == by && device.kind() != Kind.OTHER) {
            by.devices().forget(device.id());
            process.events()
                    .tell("vm", "device-removed", Map.of("id", device.id(), "bdf", device.bdf()));
        }
    }
}
