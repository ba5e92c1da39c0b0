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

    /** A VMM takes longer to start than any of these callers waits. */
    @Test
    void whatWasBegunEndsWhole() {
        Set<String> given = new TreeSet<>();
        for (int millis = 10; millis <= 60; millis += 10) {
            String vmId = "after-" + millis;
            Answer answer =
                    bench.client()
                            .createWithin(
                                    Duration.ofMillis(millis), vmId, VmConfigs.mini(bench.home()));
            if (answer.status() != 200) {
                answer.refused("deadline_exceeded");
                given.add(vmId);
            }
        }
        assertThat(given).as("calls that were given up").isNotEmpty();
        Await.until("each VM to have its VMM, and no VMM to be without", this::isSettled);
        Set<String> there = bench.client().states().keySet();
        assertThat(there).as("VMs whose callers had gone").containsAnyElementsOf(given);
        for (String vmId : there) {
            assertThat(bench.client().call("BootVm", vmId).ok().state()).isEqualTo(States.RUNNING);
        }
    }

    private boolean isSettled() {
        var states = bench.client().states();
        return states.values().stream().allMatch(States.CREATED::equals)
                && bench.vmms().size() == states.size()
                && bench.home().runDirectories().size() == states.size();
    }
}
