package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.microhttp.Fault;
import com.unkey.vmcp.testkit.vmm.Faults;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Trouble that a test orders from a fake. Endpoints are named by the method, the path's first word
 * and, for {@code /actions}, by the action: {@code PUT boot-source}, {@code PUT drives}, {@code
 * PATCH vm}, {@code GET} for {@code GET /}, {@code InstanceStart}. The version is told without a
 * {@code v}, as in {@code 1.16.1}.
 */
public final class FirecrackerFaults extends Faults<FirecrackerFaults> {

    /** The version that the real program of this contract has. */
    public static final String VERSION = "1.16.1";

    private static final Duration USUAL_PERIOD = Duration.ofSeconds(60);

    private volatile @Nullable Duration period;

    public FirecrackerFaults() {
        this(null);
    }

    private FirecrackerFaults(@Nullable FirecrackerFaults common) {
        super(common, VERSION);
    }

    @Override
    public FirecrackerFaults own() {
        return new FirecrackerFaults(this);
    }

    /** Answers the next request to the endpoint with 400 and this message, doing nothing. */
    public void refuseNext(String endpoint, String message) {
        next(endpoint, new Fault.Refuse(400, "{\"fault_message\":\"" + message + "\"}"));
    }

    /** How often VMMs started from now on write their metrics unasked; else every 60 s. */
    public void metricsPeriod(Duration time) {
        period = time;
    }

    Duration metricsPeriod() {
        Duration mine = period;
        if (mine != null) {
            return mine;
        }
        return common().map(FirecrackerFaults::metricsPeriod).orElse(USUAL_PERIOD);
    }
}
