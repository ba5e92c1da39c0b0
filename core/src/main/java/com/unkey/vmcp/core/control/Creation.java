package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.HostInspector.Inspection;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.SpecRules;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From a request to a VM that is being created: everything is checked before anything is made. */
final class Creation {

    private final Ports ports;
    private final Settings settings;
    private final Registry registry;
    private final Strays strays;

    Creation(Ports ports, Settings settings, Registry registry, Strays strays) {
        this.ports = ports;
        this.settings = settings;
        this.registry = registry;
        this.strays = strays;
    }

    /** Checks the request and hands the VM to a thread of its own, which replies. */
    void begin(CreateRequest request, Reply<VmRecord> reply) {
        List<Violation> violations = new ArrayList<>();
        Optional<VmId> id = id(request.vmId(), violations);
        id.ifPresent(registry::requireFree);
        ShortId shortId = ports.ids().shortId();
        VmSpec spec = new SpecCompletion(shortId, ports.ids()).complete(request.spec());
        Optional<Hypervisor> named = backend(request.backend(), violations);
        Optional<GuestFiles> files = check(request, violations);
        if (!violations.isEmpty() || id.isEmpty() || named.isEmpty() || files.isEmpty()) {
            throw new VmException(new VmFailure.Invalid(violations));
        }
        Hypervisor backend = named.get();
        refuseUnsupported(backend, spec, files.get());
        strays.adopt(backend);
        VmDefinition definition = new VmDefinition(spec, files.get());
        Instant now = ports.clock().instant();
        if (!reply.abandoned()) {
            start(
                    new VmIdentity(id.get(), shortId, registry.nextSequence(), backend.name(), now),
                    definition,
                    reply);
        }
    }

    private Optional<VmId> id(String given, List<Violation> violations) {
        if (given.isEmpty()) {
            return Optional.of(ports.ids().vmId());
        }
        if (!VmId.isValid(given)) {
            violations.add(
                    new Violation("vm_id", "must be " + VmId.RULE + ", got \"" + given + "\""));
            return Optional.empty();
        }
        return Optional.of(new VmId(given));
    }

    private Optional<Hypervisor> backend(String given, List<Violation> violations) {
        if (given.isEmpty()) {
            return Optional.of(ports.backend(settings.defaultBackend()));
        }
        Optional<Hypervisor> named = ports.backendNamed(given);
        if (named.isEmpty()) {
            violations.add(
                    new Violation(
                            "backend",
                            "must be one of %s, or empty for %s, got \"%s\""
                                    .formatted(
                                            ports.backendNames(),
                                            settings.defaultBackend(),
                                            given)));
        }
        return named;
    }

    /** Looks at the request from all sides; a config that is missing as a whole says it all. */
    private Optional<GuestFiles> check(CreateRequest request, List<Violation> violations) {
        violations.addAll(request.violations());
        if (request.violations().stream().anyMatch(v -> v.field().equals("config"))) {
            return Optional.empty();
        }
        violations.addAll(SpecRules.check(request.spec()));
        Optional<VmSpec> bootable = withKernel(request.spec());
        if (bootable.isEmpty()) {
            violations.add(
                    new Violation(
                            "config.boot",
                            "is required unless the daemon has a default kernel"
                                    + " (UNKEY_VMCP_DEFAULT_KERNEL), got none"));
        }
        Inspection inspection = ports.host().inspect(bootable.orElse(request.spec()));
        violations.addAll(inspection.violations());
        return inspection.files();
    }

    private Optional<VmSpec> withKernel(VmSpec spec) {
        if (spec.boot().isPresent()) {
            return Optional.of(spec);
        }
        return settings.defaultKernel()
                .map(
                        kernel ->
                                new VmSpec(
                                        spec.cpu(),
                                        spec.memory(),
                                        Optional.of(new VmSpec.Boot(kernel, "", "", Map.of())),
                                        spec.devices(),
                                        spec.metadata()));
    }

    private static void refuseUnsupported(Hypervisor backend, VmSpec spec, GuestFiles files) {
        List<Violation> unsupported = new ArrayList<>(backend.unsupported(spec));
        if (!backend.capabilities().contains(Capability.QCOW2)) {
            for (int i = 0; i < files.disks().size(); i++) {
                if (files.disks().get(i).format() == DiskFormat.QCOW2) {
                    unsupported.add(
                            new Violation(
                                    "config.storage[" + i + "].path",
                                    "is in qcow2 format, which backend %s does not read"
                                            .formatted(backend.name())));
                }
            }
        }
        if (!unsupported.isEmpty()) {
            throw new VmException(new VmFailure.Unsupported(unsupported));
        }
    }

    private void start(VmIdentity identity, VmDefinition definition, Reply<VmRecord> reply) {
        VmRecord record =
                new VmRecord(
                        identity,
                        definition,
                        new VmState.Created(),
                        Optional.of(new Intent(Operation.of(Action.CREATE), identity.created())),
                        Optional.empty(),
                        Revision.first(identity.created()));
        definition.files().consoleOutput().ifPresent(ports.host()::claimConsole);
        VmActor actor = new VmActor(ports, record, () -> registry.remove(record));
        try {
            registry.add(actor);
        } catch (VmException e) {
            definition
                    .files()
                    .consoleOutput()
                    .ifPresent(file -> ports.host().releaseConsole(file, true));
            throw e;
        }
        actor.startNew(reply);
    }
}
