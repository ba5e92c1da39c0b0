package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.Optional;
import java.util.OptionalLong;

/** One VM in Cloud Hypervisor. */
final class ChVmm implements Vmm {

    private static final String POWERED_OFF = "the guest powered off";

    private final VmSpec.Devices devices;
    private final RunFiles files;
    private final ChApi api;
    private final Notebook<LaunchNote> notebook;
    private final Ledger ledger;
    private final Home home;

    /** Whether the VMM has the configuration just as it was sent: a failed boot eats devices. */
    private boolean pristine;

    private volatile String end = POWERED_OFF;

    ChVmm(LaunchPlan plan, RunFiles files, ChApi api, Notebook<LaunchNote> notebook, Home home) {
        this.devices = plan.definition().spec().devices();
        this.files = files;
        this.api = api;
        this.notebook = notebook;
        this.ledger = new Ledger(notebook);
        this.home = home;
    }

    /** Hands the VM's configuration to a VMM that has none. */
    void configure() {
        home.expect(VmInfo.State.CREATED);
        files.clearConsoleSocket();
        LaunchNote note = notebook.require();
        api.create(note.asNew());
        pristine = true;
        if (note.hasTerminal()) {
            api.info().ifPresent(this::noteTerminal);
        }
    }

    @Override
    public void boot() {
        try {
            start();
        } catch (VmException e) {
            throw renewedAfter(e);
        }
        ledger.booted();
    }

    /**
     * A VMM that failed to boot a VM once would boot it without its disks the next time, so the
     * next time must find a new configuration, whoever failed before.
     */
    private void start() {
        if (!pristine) {
            renew();
        }
        pristine = false;
        home.expect(VmInfo.State.RUNNING);
        api.boot();
    }

    /** Makes ready for another try; what the caller is told, with the VMM's end if it has ended. */
    private VmException renewedAfter(VmException failure) {
        home.expect(VmInfo.State.CREATED);
        try {
            renew();
        } catch (VmException e) {
            failure.addSuppressed(e);
            return home.fateAfter(e).map(fate -> lost(failure, fate)).orElse(failure);
        }
        return failure;
    }

    private static VmException lost(VmException failure, Observation fate) {
        String words = fate instanceof Observation.Gone(String reason) ? "; " + reason : "";
        return VmException.vmmFailed(failure.getMessage() + words, failure);
    }

    private void renew() {
        api.delete();
        configure();
    }

    @Override
    public void pause() {
        home.expect(VmInfo.State.PAUSED);
        api.pause();
    }

    @Override
    public void resume() {
        home.expect(VmInfo.State.RUNNING);
        api.resume();
    }

    @Override
    public void pressPowerButton() {
        home.buttonPressed();
        api.pressPowerButton();
    }

    /** What a failed reboot leaves has no guest any more and is never told to boot again as is. */
    @Override
    public void reset() {
        VmInfo now = api.info().orElseThrow(() -> VmException.unavailable("the VMM holds no VM"));
        try {
            if (now.state() == VmInfo.State.CREATED) {
                start();
            } else {
                reboot();
            }
        } catch (VmException e) {
            pristine = false;
            end = "the guest could not be started anew: " + e.getMessage();
            throw e;
        }
        end = POWERED_OFF;
        ledger.rebooted();
    }

    private void reboot() {
        ledger.rebooting(usage());
        pristine = false;
        home.expect(VmInfo.State.RUNNING);
        api.reboot();
    }

    @Override
    public void stop() {
        home.expect(VmInfo.State.CREATED);
        home.end();
    }

    @Override
    public Observation observe() {
        Optional<Observation.Gone> fate = home.fate();
        if (fate.isPresent()) {
            return fate.get();
        }
        try {
            return observation(api.info().filter(home::holds));
        } catch (VmException e) {
            return home.fateAfter(e).orElseThrow(() -> e);
        }
    }

    private Observation observation(Optional<VmInfo> info) {
        if (info.isEmpty()) {
            return new Observation.Gone("Cloud Hypervisor holds the VM no more");
        }
        noteTerminal(info.get());
        if (info.get().state() != VmInfo.State.CREATED) {
            // Whatever failed before, this guest is there and ends for reasons of its own.
            end = POWERED_OFF;
        }
        return switch (info.get().state()) {
            case RUNNING -> new Observation.Running();
            case PAUSED -> new Observation.Paused();
            case CREATED ->
                    home.ran() || notebook.require().ran()
                            ? new Observation.PoweredOff(end)
                            : new Observation.Prepared();
        };
    }

    /** It may be another after each start of the guest. */
    private void noteTerminal(VmInfo info) {
        LaunchNote note = notebook.require();
        if (note.hasTerminal() && !note.terminal().equals(info.terminal())) {
            notebook.change(known -> known.withTerminal(info.terminal()));
        }
    }

    @Override
    public Sample sample() {
        Optional<Observation.Gone> fate = home.fate();
        if (fate.isPresent()) {
            throw VmException.unavailable(fate.get().reason());
        }
        long memory = home.memoryBytes();
        Usage total = ledger.total(usage());
        return new Sample(total.cpuTime(), memory, total.network(), total.storage());
    }

    private Usage usage() {
        if (devices.disks().isEmpty() && devices.nics().isEmpty()) {
            return Usage.of(home.vcpuTime());
        }
        return Counters.usage(home.vcpuTime(), devices, api.counters());
    }

    @Override
    public OptionalLong pid() {
        return home.pid();
    }

    @Override
    public void close() {
        home.close();
        api.close();
    }
}
