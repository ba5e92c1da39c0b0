package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.StateWatch;
import com.unkey.vmcp.backends.http.UnreachableException;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.ProcessHost;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A VMM that somebody else started and ends. It has no event monitor for us, so it is asked every
 * second how the VM is.
 */
final class AttachedHome implements Home {

    private static final Logger log = LoggerFactory.getLogger(AttachedHome.class);

    private final ChApi api;
    private final Identity identity;
    private final Optional<ForeignProcess> process;
    private final ProcessHost.OutputLimit console;
    private final StateWatch<VmInfo.State> states;
    private volatile boolean buttonPressed;
    private volatile boolean ended;

    /**
     * @param identity of the VM, so that another one in its place is never taken for it
     * @param process of the VMM, where it can be seen from here; closed with the home
     * @param console keeps what the VMM writes for us within its limit; closed with the home
     */
    AttachedHome(
            ChApi api,
            Identity identity,
            Optional<ForeignProcess> process,
            ProcessHost.OutputLimit console,
            Runnable onChange) {
        this.api = api;
        this.identity = identity;
        this.process = process;
        this.console = console;
        this.states = new StateWatch<>(VmInfo.State.CREATED, this::look, onChange);
    }

    /** Begins to ask. */
    void watch() {
        states.start("ch-attached");
    }

    /** Empty where it does not answer or holds no VM of ours. */
    private Optional<VmInfo.State> look() {
        try {
            return api.info().filter(this::holds).map(VmInfo::state);
        } catch (VmException e) {
            log.debug("the attached Cloud Hypervisor does not tell how the VM is", e);
            return Optional.empty();
        }
    }

    @Override
    public boolean holds(VmInfo info) {
        return Identity.of(info.config()).equals(identity);
    }

    @Override
    public Optional<Observation.Gone> fate() {
        return ended
                ? Optional.of(new Observation.Gone("the VM was deleted from its VMM"))
                : Optional.empty();
    }

    /**
     * A VMM whose socket nobody serves is gone; one that is silent is not. Most are started so that
     * they end with their guest, which is then no loss.
     */
    @Override
    public Optional<Observation> fateAfter(VmException silent) {
        if (!(silent instanceof UnreachableException)) {
            return Optional.empty();
        }
        return Optional.of(
                buttonPressed
                        ? new Observation.PoweredOff(
                                "the guest powered off, and the attached Cloud Hypervisor ended"
                                        + " with it")
                        : new Observation.Gone(
                                "the attached Cloud Hypervisor cannot be reached any more"));
    }

    @Override
    public void buttonPressed() {
        buttonPressed = true;
    }

    @Override
    public void expect(VmInfo.State state) {
        states.expect(state);
        buttonPressed = false;
    }

    @Override
    public boolean ran() {
        return false;
    }

    /** The VM goes, the VMM stays: it is not ours. */
    @Override
    public void end() {
        try {
            if (!ended && api.info().filter(this::holds).isPresent()) {
                api.delete();
            }
        } catch (UnreachableException e) {
            log.info("the attached Cloud Hypervisor is gone, and the VM with it", e);
        }
        ended = true;
    }

    @Override
    public OptionalLong pid() {
        return process.map(seen -> OptionalLong.of(seen.pid())).orElse(OptionalLong.empty());
    }

    @Override
    public long memoryBytes() {
        return process.flatMap(ForeignProcess::residentBytes).orElse(0L);
    }

    @Override
    public Duration vcpuTime() {
        return process.map(seen -> seen.cpuTime(seen.threadsNamed(VCPU_THREAD)))
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        states.close();
        console.close();
        process.ifPresent(ForeignProcess::close);
    }
}
