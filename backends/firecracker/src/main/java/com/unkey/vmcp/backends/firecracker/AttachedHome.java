package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.StateWatch;
import com.unkey.vmcp.backends.http.UnreachableException;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that somebody else started and ends. It is asked every second how its guest is, and
 * never signalled; with its guest it is over, and the next one at its socket is another.
 */
final class AttachedHome implements Home {

    private static final Logger log = LoggerFactory.getLogger(AttachedHome.class);

    /** What whoever told its guest to end waits for an answer at the most. */
    private static final Duration STUCK = Duration.ofSeconds(10);

    private static final String LOST =
            "the attached Firecracker ended, and nobody can tell how, or cannot be reached any"
                    + " more";
    private static final String NOT_OURS =
            "this Firecracker was started by somebody else, who alone can end it, and it starts a"
                    + " guest once only";

    private final FcApi api;
    private final Contents contents;
    private final Optional<ForeignProcess> process;
    private final ProcessHost.OutputLimit outputs;
    private final StateWatch<Instance.State> states;

    /** Whether the process at the other end of the connection is known to hold the VM. */
    private volatile boolean verified;

    private volatile long answeredNanos = System.nanoTime();
    private volatile Instance.State known = Instance.State.NOT_STARTED;
    private volatile Optional<Ending> last = Optional.empty();

    /**
     * What is in the process.
     *
     * @param identity of the VM, so that another one in its place is never taken for it
     * @param tell tells the VM to a process whose guest is not started
     * @param pressed whether the guest was told to end
     * @param metrics what the process writes of it
     */
    record Contents(
            FullConfig.Identity identity,
            Consumer<FcApi> tell,
            BooleanSupplier pressed,
            MetricsFile metrics) {}

    /**
     * @param open connects to the endpoint, and tells whoever it is given of a lost connection
     * @param process of Firecracker, where it can be seen from here; closed with the home
     * @param outputs keeps what it writes for us within its limit; closed with the home
     */
    AttachedHome(
            Function<Runnable, FcApi> open,
            Contents contents,
            Optional<ForeignProcess> process,
            ProcessHost.OutputLimit outputs,
            Runnable onChange) {
        this.api =
                open.apply(
                        () -> {
                            verified = false;
                            onChange.run();
                        });
        this.contents = contents;
        this.process = process;
        this.outputs = outputs;
        this.states = new StateWatch<>(known, this::look, onChange);
    }

    /** Begins to ask. */
    void watch() {
        states.start("fc-attached");
    }

    /** Empty where it does not answer or holds no VM of ours. */
    private Optional<Instance.State> look() {
        try {
            return Optional.of(ask());
        } catch (VmException e) {
            log.debug("the attached Firecracker does not tell how the VM is", e);
            return Optional.empty();
        }
    }

    private Instance.State ask() {
        requirePresent();
        boolean same = verified;
        verified = true;
        try {
            Instance.State state = api.instance().state();
            if (isAnew(state) || (!same && !holdsIt())) {
                last = Optional.of(how());
            }
            known = state;
            answeredNanos = System.nanoTime();
        } catch (VmException e) {
            verified = false;
            throw e;
        }
        requirePresent();
        return known;
    }

    /** A guest that was started cannot come to be not started in the same process. */
    private boolean isAnew(Instance.State state) {
        return state == Instance.State.NOT_STARTED && known != Instance.State.NOT_STARTED;
    }

    private boolean holdsIt() {
        return api.config().identity().equals(contents.identity());
    }

    private void requirePresent() {
        if (last.isPresent()) {
            throw VmException.unavailable("the Firecracker of this VM has ended");
        }
    }

    /** Its exit code is told to whoever started it, and not to us. */
    private Ending how() {
        return contents.pressed().getAsBoolean() ? new Ending.GuestReset() : new Ending.Lost(LOST);
    }

    @Override
    public Instance.State state() {
        Instance.State state = ask();
        states.expect(state);
        return state;
    }

    @Override
    public FcApi api() {
        requirePresent();
        return api;
    }

    @Override
    public Optional<Ending> ending() {
        return last;
    }

    /** A process whose socket nobody serves is gone; one that is only silent is not. */
    @Override
    public Optional<Ending> endingAfter(VmException silent) {
        if (last.isEmpty() && (silent instanceof UnreachableException || isStuck())) {
            last = Optional.of(how());
        }
        return last;
    }

    /**
     * A call that comes just as the guest ends keeps a Firecracker from ending for good: its main
     * thread then waits for that of its API, and that one for an answer of the main thread.
     */
    private boolean isStuck() {
        return contents.pressed().getAsBoolean()
                && System.nanoTime() - answeredNanos > STUCK.toNanos();
    }

    @Override
    public void started() {
        known = Instance.State.RUNNING;
        states.expect(known);
    }

    @Override
    public Optional<Duration> lifetime() {
        return Optional.empty();
    }

    @Override
    public Optional<String> inability(Operation asked) {
        boolean refused =
                switch (asked.action()) {
                    case REBOOT -> true;
                    case SHUTDOWN -> asked.force();
                    case DELETE -> known != Instance.State.NOT_STARTED && last.isEmpty();
                    case CREATE, BOOT, PAUSE, RESUME -> false;
                };
        return refused ? Optional.of(NOT_OURS) : Optional.empty();
    }

    /** Nothing to do: no other can follow. */
    @Override
    public void makeWay() {}

    @Override
    public void follow() {
        throw VmException.unavailable(NOT_OURS);
    }

    /** It is told of the guest again, by which it opens all files again. */
    @Override
    public void renew() {
        if (ask() != Instance.State.NOT_STARTED) {
            throw VmException.unavailable(NOT_OURS);
        }
        tell();
    }

    /** Tells the VM to the process. */
    void tell() {
        contents.tell().accept(api());
    }

    /** Lets go of it, guest and all: it is not ours. */
    @Override
    public void end() {
        if (last.isEmpty()) {
            last = Optional.of(new Ending.Lost("the attached Firecracker was let go of"));
        }
    }

    @Override
    public OptionalLong pid() {
        return process.map(seen -> OptionalLong.of(seen.pid())).orElse(OptionalLong.empty());
    }

    /** 0 where the process cannot be seen from here. */
    @Override
    public long memoryBytes() {
        return process.flatMap(ForeignProcess::residentBytes).orElse(0L);
    }

    /** 0 where the process cannot be seen from here. */
    @Override
    public Duration vcpuTime() {
        return process.map(seen -> seen.cpuTime(seen.threadsNamed(VCPU_THREAD)))
                .orElse(Duration.ZERO);
    }

    @Override
    public MetricsFile metrics() {
        return contents.metrics();
    }

    @Override
    public void close() {
        states.close();
        outputs.close();
        process.ifPresent(ForeignProcess::close);
        api.close();
    }
}
