package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.PlayedGuest;
import java.util.Map;
import java.util.function.Consumer;

/** What the guest of one VM object does to the world around it. */
final class GuestSide implements PlayedGuest.Machine {

    private final VmObject vm;
    private final Consoles consoles;
    private final EventMonitor events;
    private final Consumer<VmObject> powerOff;
    private final Consumer<VmObject> reset;

    GuestSide(
            VmObject vm,
            Consoles consoles,
            EventMonitor events,
            Consumer<VmObject> powerOff,
            Consumer<VmObject> reset) {
        this.vm = vm;
        this.consoles = consoles;
        this.events = events;
        this.powerOff = powerOff;
        this.reset = reset;
    }

    @Override
    public void print(byte[] text) {
        consoles.print(text);
    }

    @Override
    public void useDevices() {
        vm.devices().use();
    }

    @Override
    public void guestPanicked() {
        events.tell("guest", "panic", Map.of("event", "Panic"));
    }

    @Override
    public void guestPoweredOff() {
        powerOff.accept(vm);
    }

    @Override
    public void guestReset() {
        reset.accept(vm);
    }

    /** A triple fault is a reset here. */
    @Override
    public void guestCrashed() {
        reset.accept(vm);
    }
}
