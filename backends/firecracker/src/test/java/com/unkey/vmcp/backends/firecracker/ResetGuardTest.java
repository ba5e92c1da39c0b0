package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResetGuardTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(2);

    private final ResetGuard guard = new ResetGuard();

    private void resetAtOnce(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(guard.tooOften(SHORT)).isFalse();
            guard.granted(SHORT);
        }
    }

    @Test
    void aGuestThatResetsItselfAtOnceEachTimeIsStoppedSoon() {
        resetAtOnce(ResetGuard.MOST);
        assertThat(guard.tooOften(SHORT)).isTrue();
        assertThat(guard.tooOften(LONG)).isFalse();
    }

    @Test
    void aGuestThatRanForAWhileBeginsAnew() {
        resetAtOnce(ResetGuard.MOST);
        guard.granted(LONG);
        resetAtOnce(ResetGuard.MOST);
    }

    @Test
    void aGuestThatSomebodyStartsBeginsAnew() {
        resetAtOnce(ResetGuard.MOST);
        guard.wanted();
        resetAtOnce(ResetGuard.MOST);
    }
}
