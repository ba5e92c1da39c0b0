package com.unkey.vmcp.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {

    @Test
    void looksUntilTheConditionHolds() {
        AtomicInteger looks = new AtomicInteger();
        Await.until("third look", () -> looks.incrementAndGet() == 3);
        assertThat(looks).hasValue(3);
    }

    @Test
    void handsOutTheValue() {
        AtomicInteger looks = new AtomicInteger();
        int found =
                Await.value(
                        "second look",
                        () -> Optional.of(looks.incrementAndGet()).filter(count -> count == 2));
        assertThat(found).isEqualTo(2);
    }

    @Test
    void namesWhatDidNotHappenAndWhy() {
        assertThatThrownBy(
                        () ->
                                Await.until(
                                        "the file",
                                        Duration.ofMillis(5),
                                        () -> {
                                            throw new IOException("no such file");
                                        }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("not within 5 ms: the file")
                .hasRootCauseMessage("no such file");
    }
}
