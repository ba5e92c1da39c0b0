package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.Optional;

/** VMs that have processes of their own, which the daemon starts and ends. */
final class ManagedVmms {

    private final Resources resources;
    private final boolean restartAfterReset;

    /**
     * @param restartAfterReset what becomes of a guest that resets itself, where its VM does not
     *     say
     */
    ManagedVmms(Resources resources, boolean restartAfterReset) {
        this.resources = resources;
        this.restartAfterReset = restartAfterReset;
    }

    /**
     * @param version of the Firecracker that will be started
     */
    FcVmm launch(LaunchPlan plan, String version, Runnable onChange) {
        requireNone(plan);
        resources.host().makeRunDirectory(plan.shortId());
        ProcessStarter starter = new ProcessStarter(resources, plan, onChange);
        ProcessStarter.Prepared prepared = starter.prepare();
        // Not before: with the log of an earlier process it would tell of a guest that there is
        // not.
        resources.notebook(plan.shortId()).write(LaunchNote.of(version));
        return vmm(plan, ManagedHome.of(starter, starter.start(prepared)));
    }

    /** Its files must not be cleared away from under one that lives. */
    private void requireNone(LaunchPlan plan) {
        if (resources.host().find(plan.shortId()).isPresent()) {
            throw VmException.unavailable("a Firecracker of this VM runs already");
        }
    }

    private FcVmm vmm(LaunchPlan plan, Home home) {
        VmSpec spec = plan.definition().spec();
        boolean counts = !DeviceIds.of(spec.devices()).isEmpty();
        return new FcVmm(home, resources.notebook(plan.shortId()), counts, restarts(spec));
    }

    private boolean restarts(VmSpec spec) {
        return spec.boot()
                .flatMap(boot -> BootOptions.read(SpecLimits.OPTIONS.of(boot)).restartAfterReset())
                .orElse(restartAfterReset);
    }

    /** Looks before it takes hold: a takeover that fails is tried again, and must leave nothing. */
    Adoption adopt(LaunchPlan plan, Runnable onChange) {
        ProcessStarter starter = new ProcessStarter(resources, plan, onChange);
        Optional<VmmProcess> process = resources.host().find(plan.shortId());
        Notebook<LaunchNote> notebook = resources.notebook(plan.shortId());
        if (process.isPresent()) {
            LaunchNote _ = notebook.require();
            return new Adoption.Living(
                    vmm(plan, ManagedHome.of(starter, starter.found(process.get()))));
        }
        Optional<LaunchNote> note = notebook.find();
        Ending ending = starter.unwatched();
        return note.isPresent() ? left(plan, starter, note.get(), ending) : ending.dead();
    }

    /** A VM without a process is there all the same where its guest can have another. */
    private Adoption left(LaunchPlan plan, ProcessStarter starter, LaunchNote note, Ending ending) {
        if (note.stage() == LaunchNote.Stage.ENDED) {
            return ending.dead();
        }
        FcVmm vmm = vmm(plan, ManagedHome.left(starter, ending));
        if (vmm.observe() instanceof Observation.Gone(String reason)) {
            return new Adoption.Dead(reason);
        }
        return new Adoption.Living(vmm);
    }
}
