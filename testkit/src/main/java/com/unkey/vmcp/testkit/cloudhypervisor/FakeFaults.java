package com.unkey.vmcp.testkit.cloudhypervisor;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Trouble that a test orders from a fake. Endpoints are named as in their paths: {@code vm.boot}.
 * Each fault strikes once, those of one endpoint in the order they were given. Safe on every
 * thread.
 */
public final class FakeFaults {

    /** The version that the real program of this contract has. */
    public static final String VERSION = "v53.0";

    /** What goes wrong with one request. */
    public sealed interface Fault {
        /** Nothing is done for so long; all other requests wait too. */
        record DelayBefore(Duration time) implements Fault {}

        /** It is done, and the answer held back for so long. */
        record DelayAnswer(Duration time) implements Fault {}

        /** The process is gone before anything is done. */
        record CrashBefore() implements Fault {}

        /** It is done, and the process is gone before the answer. */
        record CrashAfter() implements Fault {}

        /** It is done, and the connection ends amid the answer. */
        record HalfAnswerThenEnd() implements Fault {}

        /** It is done, and the answer stops midway for good. */
        record HalfAnswerThenSilence() implements Fault {}

        /** Nothing is done and this is answered. */
        record Refuse(int status, String body) implements Fault {}
    }

    /** How the event monitor behaves. */
    public enum Events {
        WHOLE,
        /** Nothing is written. */
        DROPPED,
        /** Of each event the first half is written, and nothing else. */
        HALVED
    }

    private final @Nullable FakeFaults common;
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private volatile @Nullable Events events;
    private volatile @Nullable String version;

    public FakeFaults() {
        this(null);
    }

    private FakeFaults(@Nullable FakeFaults common) {
        this.common = common;
    }

    /** Faults of one VMM alone; where it has none, these are asked. */
    FakeFaults own() {
        return new FakeFaults(this);
    }

    /** Orders a fault for the next request to the endpoint that has none yet. */
    public void next(String endpoint, Fault fault) {
        faults.computeIfAbsent(endpoint, _ -> new ConcurrentLinkedQueue<>()).add(fault);
    }

    /** Answers the next request to the endpoint with 500 and this root cause, doing nothing. */
    public void refuseNext(String endpoint, String cause) {
        next(endpoint, new Fault.Refuse(500, "[\"Error from API\",\"" + cause + "\"]"));
    }

    public void events(Events behaviour) {
        events = behaviour;
    }

    /** The {@code build_version} that ping tells from now on, such as {@code v53.0}. */
    public void version(String told) {
        version = told;
    }

    Optional<Fault> take(String endpoint) {
        Queue<Fault> mine = faults.get(endpoint);
        Fault fault = mine == null ? null : mine.poll();
        if (fault != null) {
            return Optional.of(fault);
        }
        return common == null ? Optional.empty() : common.take(endpoint);
    }

    Events events() {
        Events mine = events;
        if (mine != null) {
            return mine;
        }
        return common == null ? Events.WHOLE : common.events();
    }

    String version() {
        String mine = version;
        if (mine != null) {
            return mine;
        }
        return common == null ? VERSION : common.version();
    }
}
