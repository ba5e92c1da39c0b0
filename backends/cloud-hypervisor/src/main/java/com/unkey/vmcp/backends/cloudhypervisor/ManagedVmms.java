package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.backends.adapter.ProcessEnd;
import com.unkey.vmcp.backends.adapter.Startup;
import com.unkey.vmcp.backends.adapter.VmmBinary;
import com.unkey.vmcp.backends.adapter.VmmVersion;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import java.util.List;
import java.util.Optional;

/** VMs that have a VMM process of their own, which the daemon starts and ends. */
final class ManagedVmms {

    private final Resources resources;
    private final VmmBinary binary;

    ManagedVmms(Resources resources, CloudHypervisorSettings settings) {
        this.resources = resources;
        this.binary = VmmBinary.onPath(CloudHypervisor.PROGRAM, settings.binary());
    }

    /** Whether there is a program to start. */
    boolean isPossible() {
        return binary.isThere();
    }

    /**
     * Version of the VMM that new VMs get.
     *
     * @throws VmException unavailable where there is none, with what to install or set
     */
    VmmVersion version() {
        return CloudHypervisor.VERSIONS.require(binary.find().version());
    }

    ChVmm launch(LaunchPlan plan, Runnable onChange) {
        requireNone(plan);
        VmmVersion version = version();
        RunFiles files = resources.files(plan);
        resources.host().makeRunDirectory(plan.shortId());
        files.prepare();
        resources
                .notebook(plan.shortId())
                .write(
                        LaunchNote.of(
                                version.toString(), Optional.empty(), GuestConfig.of(plan, files)));
        NewVmm fresh = new NewVmm(assemble(plan, files, start(plan, files), onChange), files);
        await(fresh);
        return fresh.configured(resources.events());
    }

    /** The commonest reason not to start is told as what it is. */
    private static void await(NewVmm fresh) {
        try {
            Startup.await(CloudHypervisor.PROGRAM.title(), fresh);
        } catch (VmException e) {
            CloudHypervisor.KVM.require(e);
            throw e;
        }
    }

    /** Its files must not be cleared away from under one that lives. */
    private void requireNone(LaunchPlan plan) {
        if (resources.host().find(plan.shortId()).isPresent()) {
            throw VmException.unavailable("a Cloud Hypervisor of this VM runs already");
        }
    }

    /** Without --no-shutdown the VMM would be gone with its guest, and nobody could tell why. */
    private VmmProcess start(LaunchPlan plan, RunFiles files) {
        List<String> command =
                List.of(
                        binary.find().path().toString(),
                        "--api-socket",
                        "path=" + files.socket(),
                        "--event-monitor",
                        "path=" + files.events(),
                        "--no-shutdown",
                        "--seccomp",
                        "true");
        return resources
                .host()
                .spawn(
                        new ProcessHost.Spawn(
                                new ProcessHost.VmmLaunch(
                                        plan.shortId(), CloudHypervisor.NAME, plan.generation()),
                                files.socket(),
                                command,
                                files.log(),
                                files.outputs()));
    }

    Adoption adopt(LaunchPlan plan, Runnable onChange) {
        RunFiles files = resources.files(plan);
        Optional<VmmProcess> process = resources.host().find(plan.shortId());
        if (process.isEmpty()) {
            return new Adoption.Dead(
                    lastWords(plan, files).after("Cloud Hypervisor ended while nobody watched"));
        }
        // Looked at first: a takeover that fails is tried again and again, and must leave nothing.
        LaunchNote _ = resources.notebook(plan.shortId()).require();
        ManagedParts parts = assemble(plan, files, process.get(), onChange);
        try {
            parts.events().watch(resources.events());
        } catch (VmException e) {
            parts.vmm().close();
            throw e;
        }
        return new Adoption.Living(parts.vmm());
    }

    private ManagedParts assemble(
            LaunchPlan plan, RunFiles files, VmmProcess process, Runnable onChange) {
        LastWords lastWords = lastWords(plan, files);
        ChApi api = new ChApi(resources.links().open(files.socket(), onChange), lastWords::fit);
        EventMonitor events = new EventMonitor(files, onChange);
        ProcessEnd exit =
                new ProcessEnd(CloudHypervisor.PROGRAM.title(), process, events::processEnded);
        ManagedHome home = new ManagedHome(api, process, exit, events, lastWords);
        ChVmm vmm = new ChVmm(plan, files, api, resources.notebook(plan.shortId()), home);
        return new ManagedParts(vmm, api, exit, events, lastWords);
    }

    private static LastWords lastWords(LaunchPlan plan, RunFiles files) {
        return new LastWords(CloudHypervisor.PROGRAM, files.log(), files.directory(), plan);
    }
}
