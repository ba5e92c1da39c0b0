package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One VM's VMM, from launch or adoption to its end. Acts when told; decides nothing and records
 * nothing.
 *
 * <p>Used by the VM's own thread; others may only ask for {@link #vmm()} and {@link #known()}.
 */
final class Lifecycle {

    private final Ports ports;
    private final Runnable onChange;
    private volatile @Nullable Vmm vmm;
    private volatile boolean known;
    private String lastWords = "its VMM process is gone";

    Lifecycle(Ports ports, Runnable onChange) {
        this.ports = ports;
        this.onChange = onChange;
    }

    /** The VMM, where one is known to live. */
    Optional<Vmm> vmm() {
        return Optional.ofNullable(vmm);
    }

    /** Whether it has been found out if there is a VMM. */
    boolean known() {
        return known;
    }

    Hypervisor backend(VmRecord record) {
        return ports.backend(record.identity().backend());
    }

    /** Why the VM can never have that done as it is; empty where it can. */
    Optional<VmFailure> inability(VmRecord record, Operation asked) {
        return Admission.inability(backend(record).capabilities(), asked)
                .or(() -> vmm().flatMap(living -> Admission.inability(living, asked)));
    }

    /** Makes sure there is a VMM, launching one where there is none. */
    Vmm launch(VmRecord record) {
        Vmm current = vmm;
        if (current == null) {
            current = backend(record).launch(LaunchPlan.of(record), onChange);
            vmm = current;
        }
        known = true;
        return current;
    }

    /** Takes over what an earlier daemon launched; nothing where it is gone. */
    void adopt(VmRecord record) {
        switch (backend(record).adopt(LaunchPlan.of(record), onChange)) {
            case Adoption.Living(Vmm living) -> vmm = living;
            case Adoption.Dead(String reason) -> lastWords = reason;
        }
        known = true;
    }

    /** How the VMM is; a takeover that failed before is tried again. */
    Observation observe(VmRecord record) {
        if (!known) {
            adopt(record);
        }
        Vmm current = vmm;
        return current == null ? new Observation.Gone(lastWords) : current.observe();
    }

    /**
     * The VMM, which must be there.
     *
     * @throws VmException where it is not
     */
    Vmm require() {
        Vmm current = vmm;
        if (current == null) {
            throw VmException.unavailable(lastWords);
        }
        return current;
    }

    /** Does at once what an operation wants done; the state it leads to. */
    VmState act(Action action, VmRecord record) {
        Instant booted = record.state().booted().orElseGet(this::now);
        return switch (action) {
            case BOOT -> {
                launch(record).boot();
                yield new VmState.Running(now());
            }
            case PAUSE -> {
                require().pause();
                yield new VmState.Paused(booted);
            }
            case RESUME -> {
                require().resume();
                yield new VmState.Running(booted);
            }
            case REBOOT -> {
                require().reset();
                yield new VmState.Running(now());
            }
            case SHUTDOWN -> {
                end();
                yield new VmState.Shutdown(Settlement.FORCED);
            }
            case CREATE, DELETE ->
                    throw new IllegalArgumentException(action + " leads to no state");
        };
    }

    private Instant now() {
        return ports.clock().instant();
    }

    /** Ends the VMM; nothing where there is none. */
    void end() {
        Vmm current = vmm;
        if (current != null) {
            current.stop();
            current.close();
            vmm = null;
        }
    }

    /** Ends the VMM and removes everything the backend made for the VM. */
    void remove(VmRecord record) {
        end();
        backend(record).discard(record.identity().shortId());
    }

    /** Lets go of the VMM, which lives on. */
    void release() {
        Vmm current = vmm;
        if (current != null) {
            current.close();
        }
    }
}
