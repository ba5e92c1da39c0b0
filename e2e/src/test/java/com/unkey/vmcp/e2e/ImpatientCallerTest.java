package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers who do not wait for what they asked for. */
class ImpatientCallerTest {

    private Bench bench;

    @BeforeEach
    void start() {
        bench = Bench.start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    /** Half of the time that it takes is enough to begin and too little to end. */
    @Test
    void whatWasBegunEndsWhole() {
        VmConfigs config = VmConfigs.mini(bench.home());
        bench.client().create("warm", config).ok();
        long begun = System.nanoTime();
        bench.client().create("timed", config).ok();
        Duration half = Duration.ofNanos(System.nanoTime() - begun).dividedBy(2);
        Set<String> given = new TreeSet<>();
        for (int i = 0; i < 6; i++) {
            String vmId = "given-up-" + i;
            Answer answer = bench.client().createWithin(half, vmId, config);
            if (answer.status() != 200) {
                answer.refused("deadline_exceeded");
                given.add(vmId);
            }
        }
        assertThat(given).as("calls that were given up").isNotEmpty();
        Await.until("one of " + given + " to be there", () -> isAnyThere(given));
        Await.until("each VM to have its VMM, and no VMM to be without", this::isSettled);
        for (String vmId : bench.client().states().keySet()) {
            assertThat(bench.client().call("BootVm", vmId).ok().state()).isEqualTo(States.RUNNING);
        }
    }

    private boolean isAnyThere(Set<String> given) {
        return bench.client().states().keySet().stream().anyMatch(given::contains);
    }

    private boolean isSettled() {
        var states = bench.client().states();
        return states.values().stream().allMatch(States.CREATED::equals)
                && bench.vmms().size() == states.size()
                && bench.home().runDirectories().size() == states.size();
    }
}
