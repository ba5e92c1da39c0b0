package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.Fault;
import com.unkey.vmcp.testkit.vmm.Faults;
import org.jspecify.annotations.Nullable;

/**
 * Trouble that a test orders from a fake. Endpoints are named as in their paths: {@code vm.boot}.
 * The version is the {@code build_version} that ping tells, such as {@code v53.0}.
 */
public final class FakeFaults extends Faults<FakeFaults> {

    /** The version that the real program of this contract has. */
    public static final String VERSION = "v53.0";

    /** How the event monitor behaves. */
    public enum Events {
        WHOLE,
        /** Nothing is written. */
        DROPPED,
        /** Of each event the first half is written, and nothing else. */
        HALVED
    }

    private volatile @Nullable Events events;

    public FakeFaults() {
        this(null);
    }

    private FakeFaults(@Nullable FakeFaults common) {
        super(common, VERSION);
    }

    @Override
    public FakeFaults own() {
        return new FakeFaults(this);
    }

    /** Answers the next request to the endpoint with 500 and this root cause, doing nothing. */
    public void refuseNext(String endpoint, String cause) {
        next(endpoint, new Fault.Refuse(500, "[\"Error from API\",\"" + cause + "\"]"));
    }

    public void events(Events behaviour) {
        events = behaviour;
    }

    Events events() {
        Events mine = events;
        if (mine != null) {
            return mine;
        }
        return common().map(FakeFaults::events).orElse(Events.WHOLE);
    }
}
