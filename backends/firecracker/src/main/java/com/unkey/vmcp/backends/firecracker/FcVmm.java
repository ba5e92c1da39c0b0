package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.backends.firecracker.LaunchNote.Stage;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VM in Firecracker. It outlives its processes: each starts one guest once, and ends with it.
 */
final class FcVmm implements Vmm {

    /** What a guest does at its button, as on hosts that have one. */
    static final String POWERED_OFF = "the guest powered off";

    private static final String RESET = "the guest reset itself";
    private static final String RESTING =
            RESET + " %d times in a row, each time within %d s of its start";
    private static final String UNFINISHED = "the guest was being started anew";

    private static final Logger log = LoggerFactory.getLogger(FcVmm.class);

    private final Home home;
    private final Notebook<LaunchNote> notebook;
    private final Ledger ledger;
    private final boolean counts;
    private final boolean restarts;
    private final ResetGuard guard = new ResetGuard();

    /** Whether the present process has failed to start its guest, and may hold old files open. */
    private boolean stale;

    private volatile boolean stopped;
    private volatile Optional<String> failed = Optional.empty();

    /**
     * @param counts whether the VM has devices that Firecracker counts for
     * @param restarts whether a guest that resets itself is started anew
     */
    FcVmm(Home home, Notebook<LaunchNote> notebook, boolean counts, boolean restarts) {
        this.home = home;
        this.notebook = notebook;
        this.ledger = new Ledger(notebook);
        this.counts = counts;
        this.restarts = restarts;
    }

    @Override
    public void boot() {
        if (stale) {
            home.renew();
        }
        start();
    }

    private void start() {
        stale = true;
        try {
            home.api().start();
        } catch (VmException e) {
            Firecracker.KVM.require(e);
            throw withEnding(e);
        }
        stale = false;
        failed = Optional.empty();
        home.started();
        notebook.change(note -> note.with(Stage.STANDING));
    }

    /** What the caller is told, with Firecracker's end if it has ended. */
    private VmException withEnding(VmException failure) {
        if (!(failure.failure() instanceof VmFailure.Unavailable)) {
            return failure;
        }
        return home.endingAfter(failure)
                .filter(Ending.Lost.class::isInstance)
                .map(ending -> ((Ending.Lost) ending).reason())
                .map(why -> VmException.vmmFailed(failure.getMessage() + "; " + why, failure))
                .orElse(failure);
    }

    @Override
    public void pause() {
        home.api().pause();
    }

    @Override
    public void resume() {
        home.api().resume();
    }

    /** Noted first: whoever sees the guest end must know that it was told to. */
    @Override
    public void pressPowerButton() {
        notebook.change(LaunchNote::withPress);
        home.api().pressCtrlAltDel();
    }

    /** A failure after the old guest has been ended leaves none. */
    @Override
    public void reset() {
        rememberReset();
        prepareExchange();
        try {
            exchange();
            start();
        } catch (VmException e) {
            failed = Optional.of("the guest could not be started anew: " + e.getMessage());
            endAfter(e);
            throw e;
        }
    }

    private void rememberReset() {
        if (home.ending().map(this::fate).orElse(null) instanceof Observation.GuestReset) {
            home.lifetime().ifPresentOrElse(guard::granted, guard::wanted);
        } else {
            guard.wanted();
        }
    }

    /** On disk this says what is going to happen, so that a later daemon finishes it. */
    private void prepareExchange() {
        if (home.ending().isPresent()) {
            return;
        }
        Duration cpuTime = Duration.ZERO;
        try {
            flush();
            cpuTime = home.vcpuTime();
        } catch (VmException e) {
            log.warn("what the guest used since the last look is not counted", e);
        }
        ledger.ending(home.metrics(), cpuTime);
    }

    private void exchange() {
        home.makeWay();
        ledger.reckon(home.metrics());
        home.follow();
    }

    private void endAfter(VmException failure) {
        try {
            home.end();
        } catch (VmException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        home.end();
        try {
            notebook.change(note -> note.with(Stage.ENDED));
        } catch (VmException e) {
            log.warn("a later daemon may tell another reason for the end of a VM", e);
        }
    }

    @Override
    public Optional<String> inability(Operation asked) {
        return home.inability(asked);
    }

    @Override
    public Observation observe() {
        if (failed.isPresent()) {
            return new Observation.Gone(failed.get());
        }
        Optional<Ending> ending = home.ending();
        if (ending.isPresent()) {
            return fate(ending.get());
        }
        try {
            return observation(home.state());
        } catch (VmException e) {
            return home.endingAfter(e).map(this::fate).orElseThrow(() -> e);
        }
    }

    private Observation fate(Ending ending) {
        if (stopped) {
            return new Observation.Gone("Firecracker was told to end");
        }
        LaunchNote note = notebook.require();
        if (note.unfinished()) {
            return new Observation.PoweredOff(UNFINISHED);
        }
        return switch (ending) {
            case Ending.Lost(String reason) -> new Observation.Gone(reason);
            case Ending.GuestReset _ when note.pressed() -> new Observation.PoweredOff(POWERED_OFF);
            case Ending.GuestReset _ when !restarts -> new Observation.PoweredOff(RESET);
            case Ending.GuestReset _ -> restless();
        };
    }

    private Observation restless() {
        if (home.lifetime().filter(guard::tooOften).isPresent()) {
            return new Observation.PoweredOff(
                    RESTING.formatted(ResetGuard.MOST + 1, ResetGuard.AT_ONCE.toSeconds()));
        }
        return new Observation.GuestReset();
    }

    /** A start anew that an earlier daemon began is done where the new guest runs. */
    private Observation observation(Instance.State state) {
        LaunchNote note = notebook.require();
        if (note.stage() == Stage.STARTING && state != Instance.State.NOT_STARTED) {
            notebook.change(known -> known.with(Stage.STANDING));
        } else if (note.unfinished()) {
            return new Observation.PoweredOff(UNFINISHED);
        }
        return switch (state) {
            case NOT_STARTED -> new Observation.Prepared();
            case RUNNING -> new Observation.Running();
            case PAUSED -> new Observation.Paused();
        };
    }

    @Override
    public Sample sample() {
        long memory = home.memoryBytes();
        flush();
        Usage total = ledger.total(home.metrics(), home.vcpuTime());
        return new Sample(total.cpuTime(), memory, total.network(), total.storage());
    }

    private void flush() {
        if (counts) {
            home.api().flushMetrics();
        }
    }

    @Override
    public OptionalLong pid() {
        return home.pid();
    }

    @Override
    public void close() {
        home.close();
    }
}
