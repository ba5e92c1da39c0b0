package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.store.JobQueue.Admission;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JobQueueTest {

    private final JobQueue<String> queue = new JobQueue<>(2);

    @Test
    void handsOutWhatWaitsInOrderAndNoMoreThanAsked() throws Exception {
        queue.add("a", 0);
        queue.add("b", 0);

        assertThat(queue.take(1)).containsExactly("a");
        queue.add("c", 0);
        assertThat(queue.take(9)).containsExactly("b", "c");
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        queue.add("a", 0);
        queue.add("b", 0);

        assertThat(queue.add("c", TimeUnit.MILLISECONDS.toNanos(1))).isEqualTo(Admission.FULL);
        assertThat(queue.take(9)).containsExactly("a", "b");
    }

    @Test
    void letsInAsSoonAsThereIsRoom() throws Exception {
        queue.add("a", 0);
        queue.add("b", 0);
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var added = callers.submit(() -> queue.add("c", TimeUnit.SECONDS.toNanos(30)));

            assertThat(queue.take(9)).startsWith("a", "b");

            assertThat(added.get(30, TimeUnit.SECONDS)).isEqualTo(Admission.QUEUED);
        }
    }

    @Test
    void whatIsWithdrawnIsNotHandedOut() throws Exception {
        queue.add("a", 0);
        queue.add("b", 0);

        assertThat(queue.withdraw("a")).isTrue();
        assertThat(queue.withdraw("a")).isFalse();
        assertThat(queue.take(9)).containsExactly("b");
        assertThat(queue.withdraw("b")).isFalse();
    }

    @Test
    void closedOneLetsNothingInAndHandsOutTheRest() throws Exception {
        queue.add("a", 0);
        queue.close();

        assertThat(queue.add("b", 0)).isEqualTo(Admission.CLOSED);
        assertThat(queue.take(9)).containsExactly("a");
        assertThat(queue.take(9)).isEmpty();
    }
}
