package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Endpoint;
import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.backends.adapter.VmmVersion;
import com.unkey.vmcp.backends.http.UnreachableException;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** VMs in VMMs that somebody else started: one in each, made here or found there. */
final class AttachedVmms {

    private static final Logger log = LoggerFactory.getLogger(AttachedVmms.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    /** For whoever only wants to know whether it is well. */
    private static final Duration LOOK_LIMIT = Duration.ofMillis(200);

    /** Every Cloud Hypervisor has a thread of this name, whatever its file is called. */
    private static final String API_THREAD = "http-server";

    private final Resources resources;

    AttachedVmms(Resources resources) {
        this.resources = resources;
    }

    /**
     * @throws VmException unavailable where it does not answer or is too old
     */
    VmmVersion version(Endpoint endpoint) {
        return version(endpoint, LOOK_LIMIT);
    }

    private VmmVersion version(Endpoint endpoint, Duration limit) {
        try (ChApi api = api(endpoint, () -> {}, UnaryOperator.identity())) {
            return CloudHypervisor.VERSIONS.require(api.ping(limit).version());
        }
    }

    private UnaryOperator<String> words(LaunchPlan plan) {
        RunFiles files = resources.files(plan);
        return new LastWords(CloudHypervisor.PROGRAM, files.log(), files.directory(), plan)::fit;
    }

    private ChApi api(Endpoint endpoint, Runnable onLost, UnaryOperator<String> words) {
        return new ChApi(resources.links().open(endpoint.socket(), onLost), words);
    }

    ChVmm launch(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        return endpoint.exclusively(() -> launchIn(plan, endpoint, onChange));
    }

    private ChVmm launchIn(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        endpoint.take(plan.shortId());
        ChApi api = api(endpoint, onChange, words(plan));
        try {
            return launch(plan, endpoint, api, onChange);
        } catch (RuntimeException e) {
            api.close();
            throw e;
        }
    }

    private ChVmm launch(LaunchPlan plan, Endpoint endpoint, ChApi api, Runnable onChange) {
        ChApi.Ping ping = api.ping(ANSWER_LIMIT);
        VmmVersion version = CloudHypervisor.VERSIONS.require(ping.version());
        if (api.info().isPresent()) {
            throw endpoint.full();
        }
        RunFiles files = resources.files(plan);
        resources.host().makeRunDirectory(plan.shortId());
        LaunchNote note = note(plan, files, endpoint, version);
        resources.notebook(plan.shortId()).write(note);
        ChVmm vmm = assemble(plan, api, ping, note, onChange);
        configure(vmm, api);
        return vmm;
    }

    /** A VM that was found is made again as it was found, with what our words do not reach. */
    private LaunchNote note(
            LaunchPlan plan, RunFiles files, Endpoint endpoint, VmmVersion version) {
        return resources
                .notes()
                .note(plan.shortId())
                .filter(LaunchNote::found)
                .map(
                        known ->
                                LaunchNote.found(
                                        version.toString(), endpoint.socket(), known.config()))
                .orElseGet(
                        () ->
                                LaunchNote.of(
                                        version.toString(),
                                        Optional.of(endpoint.socket()),
                                        GuestConfig.of(plan, files)));
    }

    /** A VMM keeps even a configuration that it refused. */
    private static void configure(ChVmm vmm, ChApi api) {
        try {
            vmm.configure();
        } catch (VmException e) {
            try {
                api.delete();
            } catch (VmException again) {
                e.addSuppressed(again);
            }
            vmm.close();
            throw e;
        }
    }

    private ChVmm assemble(
            LaunchPlan plan, ChApi api, ChApi.Ping ping, LaunchNote note, Runnable onChange) {
        RunFiles files = resources.files(plan);
        AttachedHome home =
                new AttachedHome(
                        api,
                        Identity.of(note.config()),
                        process(ping),
                        console(note, files),
                        onChange);
        try {
            ChVmm vmm = new ChVmm(plan, files, api, resources.notebook(plan.shortId()), home);
            home.watch();
            return vmm;
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /** A VM that was found writes where its maker said, which is none of our business. */
    private ProcessHost.OutputLimit console(LaunchNote note, RunFiles files) {
        return resources
                .host()
                .limitOutputs(note.found() ? List.of() : files.console().stream().toList());
    }

    /** A pid means nothing where the VMM lives in another pid namespace. */
    private Optional<ForeignProcess> process(ChApi.Ping ping) {
        try {
            Optional<ForeignProcess> seen = resources.host().foreign(ping.pid());
            if (seen.isPresent() && seen.get().threadsNamed(API_THREAD).isEmpty()) {
                seen.get().close();
                return Optional.empty();
            }
            return seen;
        } catch (VmException e) {
            log.info("the process of the attached Cloud Hypervisor cannot be seen", e);
            return Optional.empty();
        }
    }

    /** Takes over the VM that a daemon before this one left in the endpoint's VMM. */
    Adoption adopt(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        endpoint.take(plan.shortId());
        return adopt(plan, endpoint, resources.notebook(plan.shortId()).require(), onChange);
    }

    private Adoption adopt(LaunchPlan plan, Endpoint endpoint, LaunchNote note, Runnable onChange) {
        ChApi api = api(endpoint, onChange, words(plan));
        try {
            ChApi.Ping ping = api.ping(ANSWER_LIMIT);
            return new Adoption.Living(assemble(plan, api, ping, note, onChange));
        } catch (VmException e) {
            api.close();
            if (e instanceof UnreachableException) {
                return new Adoption.Dead("the attached Cloud Hypervisor cannot be reached");
            }
            throw e;
        }
    }

    /** Takes over a VM that {@link #strays} told of; empty where it is not that one. */
    Optional<Adoption> adoptStray(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        return endpoint.exclusively(
                () ->
                        stray(endpoint)
                                .filter(config -> FoundVm.define(config).equals(plan.definition()))
                                .map(config -> adoptFound(plan, endpoint, config, onChange)));
    }

    private Adoption adoptFound(
            LaunchPlan plan, Endpoint endpoint, ObjectNode config, Runnable onChange) {
        endpoint.take(plan.shortId());
        resources.host().makeRunDirectory(plan.shortId());
        LaunchNote note =
                LaunchNote.found(
                        version(endpoint, ANSWER_LIMIT).toString(), endpoint.socket(), config);
        resources.notebook(plan.shortId()).write(note);
        return adopt(plan, endpoint, note, onChange);
    }

    /** A VM that is in the endpoint's VMM and that we know nothing of. */
    List<VmDefinition> strays(Endpoint endpoint) {
        return endpoint.exclusively(() -> stray(endpoint).map(FoundVm::define).stream().toList());
    }

    private Optional<ObjectNode> stray(Endpoint endpoint) {
        try (ChApi api = api(endpoint, () -> {}, UnaryOperator.identity())) {
            return api.info()
                    .filter(_ -> endpoint.isFree())
                    .map(VmInfo::config)
                    .filter(ObjectNode.class::isInstance)
                    .map(ObjectNode.class::cast);
        } catch (UnreachableException e) {
            log.debug("nobody is at the endpoint, so nothing is to be found there", e);
            return Optional.empty();
        }
    }

    /** Deletes the VM where it is still the one in the endpoint's VMM. */
    void forget(ShortId id, Endpoint endpoint) {
        Identity ours = Identity.of(resources.notebook(id).require().config());
        try (ChApi api = api(endpoint, () -> {}, UnaryOperator.identity())) {
            if (api.info().filter(info -> Identity.of(info.config()).equals(ours)).isPresent()) {
                api.delete();
            }
        } catch (VmException e) {
            if (!(e instanceof UnreachableException)) {
                throw e;
            }
            log.info("the attached Cloud Hypervisor is gone, and the VM with it", e);
        }
    }
}
