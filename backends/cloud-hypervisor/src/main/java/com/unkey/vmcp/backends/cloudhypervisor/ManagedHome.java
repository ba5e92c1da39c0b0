package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.backends.adapter.ProcessEnd;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.VmmProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A VMM process of the VM's own. */
final class ManagedHome implements Home {

    private static final Logger log = LoggerFactory.getLogger(ManagedHome.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(3);

    private final ChApi api;
    private final VmmProcess process;
    private final ProcessEnd exit;
    private final EventMonitor events;
    private final LastWords lastWords;
    private volatile boolean stopped;

    ManagedHome(
            ChApi api,
            VmmProcess process,
            ProcessEnd exit,
            EventMonitor events,
            LastWords lastWords) {
        this.api = api;
        this.process = process;
        this.exit = exit;
        this.events = events;
        this.lastWords = lastWords;
    }

    @Override
    public Optional<Observation.Gone> fate() {
        return process.alive() ? Optional.empty() : Optional.of(gone());
    }

    private Observation.Gone gone() {
        if (stopped) {
            return new Observation.Gone("Cloud Hypervisor was told to end");
        }
        events.catchUp();
        // One that is told to end right after its start may leave no event.
        if (exit.inGoodOrder() || events.last().filter(VmEvent.VMM_SHUTDOWN::equals).isPresent()) {
            return new Observation.Gone("Cloud Hypervisor was ended, " + exit.words());
        }
        return new Observation.Gone(
                lastWords.after(
                        "Cloud Hypervisor ended without a word of shutdown, " + exit.words()));
    }

    /** Its socket closes a moment before the process is gone. */
    @Override
    public Optional<Observation> fateAfter(VmException silent) {
        return exit.comesSoon() ? Optional.of(gone()) : Optional.empty();
    }

    /** The VMM stays when its guest goes, so nothing is to be remembered. */
    @Override
    public void buttonPressed() {}

    /** Nobody else is served on its socket. */
    @Override
    public boolean holds(VmInfo info) {
        return true;
    }

    @Override
    public void expect(VmInfo.State state) {
        events.expect(state);
    }

    @Override
    public boolean ran() {
        events.catchUp();
        return events.ran();
    }

    /** Asked first, so that disk images are closed in good order. */
    @Override
    public void end() {
        stopped = true;
        if (!asked()) {
            exit.bringAbout();
        }
    }

    private boolean asked() {
        if (!process.alive()) {
            return true;
        }
        try {
            api.shutdownVmm(ANSWER_LIMIT);
        } catch (VmException e) {
            log.debug("vmm.shutdown was not answered", e);
            return exit.comesSoon();
        }
        return process.awaitExit(EXIT_LIMIT);
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.of(process.pid());
    }

    @Override
    public long memoryBytes() {
        return process.residentBytes()
                .orElseThrow(() -> VmException.unavailable("Cloud Hypervisor is gone"));
    }

    @Override
    public Duration vcpuTime() {
        return process.cpuTime(process.threadsNamed(VCPU_THREAD));
    }

    @Override
    public void close() {
        events.close();
    }
}
