package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Endpoint;
import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.VmmVersion;
import com.unkey.vmcp.backends.http.UnreachableException;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.VmDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** VMs in Firecrackers that somebody else started: one in each, made here or found there. */
final class AttachedVmms {

    private static final Logger log = LoggerFactory.getLogger(AttachedVmms.class);

    /** For whoever only wants to know whether it is well. */
    private static final Duration LOOK_LIMIT = Duration.ofMillis(200);

    /** Every Firecracker has a thread of this name, whatever its file is called. */
    private static final String API_THREAD = "fc_api";

    private final Resources resources;

    AttachedVmms(Resources resources) {
        this.resources = resources;
    }

    /**
     * Version of the Firecracker at the endpoint.
     *
     * @throws VmException unavailable where it does not answer or is too old
     */
    String version(Endpoint endpoint) {
        try (FcApi api = api(endpoint, () -> {}, UnaryOperator.identity())) {
            return known(api.instance(LOOK_LIMIT));
        }
    }

    private static String known(Instance instance) {
        VmmVersion _ = Firecracker.VERSIONS.require(instance.version());
        return instance.version();
    }

    private FcApi api(Endpoint endpoint, Runnable onLost, UnaryOperator<String> words) {
        return new FcApi(resources.links().open(endpoint.socket(), onLost), words);
    }

    private UnaryOperator<String> words(LaunchPlan plan) {
        RunFiles files = resources.files(plan);
        return new LastWords(Firecracker.PROGRAM, files.errors(), files.directory(), plan)::fit;
    }

    FcVmm launch(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        return endpoint.exclusively(() -> launchIn(plan, endpoint, onChange));
    }

    private FcVmm launchIn(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        endpoint.take(plan.shortId());
        Optional<Attachment> before =
                resources.notes().note(plan.shortId()).flatMap(LaunchNote::attachment);
        NewVm fresh =
                before.filter(Attachment::found)
                        .map(known -> NewVm.again(known.config()))
                        .orElseGet(() -> NewVm.of(plan, resources));
        String version = requireRoom(endpoint, fresh, before.isPresent());
        RunFiles files = resources.files(plan);
        resources.host().makeRunDirectory(plan.shortId());
        files.prepare();
        Attachment attachment =
                before.filter(Attachment::found)
                        .orElseGet(() -> Attachment.making(endpoint.socket(), fresh.config()));
        Notebook<LaunchNote> notebook = resources.notebook(plan.shortId());
        notebook.write(LaunchNote.of(version, attachment));
        AttachedHome home = home(plan, endpoint, attachment, onChange);
        try {
            home.tell();
            boolean counted = !attachment.found() && fresh.count(home.api());
            if (counted) {
                notebook.change(note -> note.with(attachment.withCounters()));
            }
            return watched(home, notebook, counted);
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /**
     * A Firecracker that has a guest, or had one, is of no use for another.
     *
     * @param again whether the VM had its guest before
     */
    private String requireRoom(Endpoint endpoint, NewVm fresh, boolean again) {
        try (FcApi api = api(endpoint, () -> {}, UnaryOperator.identity())) {
            Instance instance = api.instance();
            String version = known(instance);
            if (instance.state() != Instance.State.NOT_STARTED) {
                throw again ? used() : endpoint.full();
            }
            fresh.requireRoom(api.config());
            return version;
        } catch (UnreachableException e) {
            throw again ? gone(e) : e;
        }
    }

    private static VmException used() {
        return VmException.unavailable(
                "the Firecracker at the endpoint runs another guest, and it starts one only: start"
                        + " a fresh one at the same socket");
    }

    private static VmException gone(UnreachableException cause) {
        return VmException.unavailable(
                "a Firecracker starts its guest once only, and ends with it: start a fresh one at"
                        + " the same socket",
                cause);
    }

    private AttachedHome home(
            LaunchPlan plan, Endpoint endpoint, Attachment attachment, Runnable onChange) {
        return new AttachedHome(
                onLost -> api(endpoint, onLost, words(plan)),
                contents(plan, attachment),
                process(endpoint),
                outputs(plan, attachment),
                onChange);
    }

    private AttachedHome.Contents contents(LaunchPlan plan, Attachment attachment) {
        Notebook<LaunchNote> notebook = resources.notebook(plan.shortId());
        return new AttachedHome.Contents(
                attachment.config().identity(),
                api -> newVm(plan, attachment).tell(api),
                () -> notebook.require().pressed(),
                new MetricsFile(
                        resources.files(plan).metrics(),
                        DeviceIds.of(plan.definition().spec().devices())));
    }

    private NewVm newVm(LaunchPlan plan, Attachment attachment) {
        return attachment.found() ? NewVm.again(attachment.config()) : NewVm.of(plan, resources);
    }

    /** A VM that was found writes where its maker said, which is none of our business. */
    private ProcessHost.OutputLimit outputs(LaunchPlan plan, Attachment attachment) {
        RunFiles files = resources.files(plan);
        Stream<Path> ours =
                attachment.found()
                        ? Stream.empty()
                        : Stream.concat(files.console().stream(), Stream.of(files.metrics()));
        return resources.host().limitOutputs(ours.toList());
    }

    /** Firecracker does not tell who it is, but the kernel does, within a pid namespace. */
    private Optional<ForeignProcess> process(Endpoint endpoint) {
        try {
            Optional<ForeignProcess> seen = resources.host().serving(endpoint.socket());
            if (seen.isPresent() && seen.get().threadsNamed(API_THREAD).isEmpty()) {
                seen.get().close();
                return Optional.empty();
            }
            return seen;
        } catch (VmException e) {
            log.info("the process of the attached Firecracker cannot be seen", e);
            return Optional.empty();
        }
    }

    private static FcVmm watched(
            AttachedHome home, Notebook<LaunchNote> notebook, boolean counted) {
        home.watch();
        return new FcVmm(home, notebook, counted, false);
    }

    /** Takes over the VM that a daemon before this one left in the endpoint's Firecracker. */
    Adoption adopt(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        endpoint.take(plan.shortId());
        Notebook<LaunchNote> notebook = resources.notebook(plan.shortId());
        LaunchNote note = notebook.require();
        if (note.stage() == LaunchNote.Stage.ENDED) {
            return new Adoption.Dead("the attached Firecracker was let go of");
        }
        Attachment attachment = note.attachment().orElseThrow();
        AttachedHome home = home(plan, endpoint, attachment, onChange);
        try {
            Optional<Ending> ending = ending(home);
            if (ending.isPresent()) {
                home.close();
                return ending.get().dead();
            }
            boolean counted =
                    attachment.counted()
                            && !DeviceIds.of(plan.definition().spec().devices()).isEmpty();
            return new Adoption.Living(watched(home, notebook, counted));
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /** How its process ended; empty where it lives and holds the VM. */
    private static Optional<Ending> ending(AttachedHome home) {
        try {
            Instance.State _ = home.state();
            return Optional.empty();
        } catch (VmException e) {
            return Optional.of(home.endingAfter(e).orElseThrow(() -> e));
        }
    }

    /** Takes over a VM that {@link #strays} told of; empty where it is not that one. */
    Optional<Adoption> adoptStray(LaunchPlan plan, Endpoint endpoint, Runnable onChange) {
        return endpoint.exclusively(
                () ->
                        stray(endpoint)
                                .filter(found -> found.define().equals(plan.definition()))
                                .map(found -> adoptFound(plan, endpoint, found, onChange)));
    }

    private Adoption adoptFound(
            LaunchPlan plan, Endpoint endpoint, Stray found, Runnable onChange) {
        endpoint.take(plan.shortId());
        resources.host().makeRunDirectory(plan.shortId());
        Attachment attachment = Attachment.found(endpoint.socket(), found.config());
        resources.notebook(plan.shortId()).write(LaunchNote.of(found.version(), attachment));
        return adopt(plan, endpoint, onChange);
    }

    /** A guest that is in the endpoint's Firecracker and that we know nothing of. */
    private record Stray(String version, FullConfig config) {
        VmDefinition define() {
            return FoundVm.define(config);
        }
    }

    /** VMs that somebody else made and started there. */
    List<VmDefinition> strays(Endpoint endpoint) {
        return endpoint.exclusively(() -> stray(endpoint).map(Stray::define).stream().toList());
    }

    /** What has not been started may be anybody's who is still at it. */
    private Optional<Stray> stray(Endpoint endpoint) {
        if (!endpoint.isFree()) {
            return Optional.empty();
        }
        try (FcApi api = api(endpoint, () -> {}, UnaryOperator.identity())) {
            Instance instance = api.instance();
            return instance.state() == Instance.State.NOT_STARTED
                    ? Optional.empty()
                    : Optional.of(new Stray(known(instance), api.config()));
        } catch (UnreachableException e) {
            log.debug("nobody is at the endpoint, so nothing is to be found there", e);
            return Optional.empty();
        }
    }
}
