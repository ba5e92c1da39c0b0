package com.unkey.vmcp.testkit.vmm;

import com.unkey.vmcp.testkit.microhttp.Fault;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Trouble that a test orders from a played VMM. Each fault strikes once, those of one endpoint in
 * the order they were given. Safe on every thread.
 *
 * @param <F> the kind of faults that this is
 */
public abstract class Faults<F extends Faults<F>> {

    private final @Nullable F common;
    private final String usualVersion;
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private volatile @Nullable String version;

    /**
     * Makes faults of nobody yet.
     *
     * @param common whose faults strike where these have none
     */
    protected Faults(@Nullable F common, String usualVersion) {
        this.common = common;
        this.usualVersion = usualVersion;
    }

    /** Faults of one VMM alone; where it has none, these are asked. */
    public abstract F own();

    protected final Optional<F> common() {
        return Optional.ofNullable(common);
    }

    /** Orders a fault for the next request to the endpoint that has none yet. */
    public final void next(String endpoint, Fault fault) {
        faults.computeIfAbsent(endpoint, _ -> new ConcurrentLinkedQueue<>()).add(fault);
    }

    /** The version that is told from now on. */
    public final void version(String told) {
        version = told;
    }

    /** What is to go wrong with a request to the endpoint that has come now. */
    public final Optional<Fault> take(String endpoint) {
        Queue<Fault> mine = faults.get(endpoint);
        Fault fault = mine == null ? null : mine.poll();
        if (fault != null) {
            return Optional.of(fault);
        }
        return common().flatMap(others -> others.take(endpoint));
    }

    public final String version() {
        String mine = version;
        if (mine != null) {
            return mine;
        }
        return common().map(Faults::version).orElse(usualVersion);
    }
}
