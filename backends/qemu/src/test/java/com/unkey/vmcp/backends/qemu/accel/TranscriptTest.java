package com.unkey.vmcp.backends.qemu.accel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TranscriptTest {
    @Test
    void nothingPrintedMeansNotStarted() {
        Transcript transcript = Transcript.of("SeaBIOS (version 1.16)\n");
        assertThat(transcript.stage()).isEqualTo("start");
        assertThat(transcript.passed()).isFalse();
        assertThat(transcript.failure()).isEmpty();
    }

    @Test
    void doneMeansPassed() {
        assertThat(Transcript.of("vmcp-probe 1\nentry ok\ndone\n").passed()).isTrue();
    }

    @Test
    void theLineThatStopsNamesTheStage() {
        Transcript transcript = Transcript.of("vmcp-probe 1\nentry ok\npae ");
        assertThat(transcript.stage()).isEqualTo("pae");
        assertThat(transcript.failure()).isEmpty();
    }

    @Test
    void aFailureCountsOnceItsCodeIsWhole() {
        assertThat(Transcript.of("vmcp-probe 1\nmsrs fail 000000").failure()).isEmpty();
        assertThat(Transcript.of("vmcp-probe 1\nmsrs fail 00000004\n").failure())
                .contains("check 00000004 failed");
    }

    @Test
    void slownessIsExplained() {
        assertThat(Transcript.of("vmcp-probe 1\nspeed32 fail 0015fff2\n").failure())
                .hasValueSatisfying(reason -> assertThat(reason).contains("1441778 CPU cycles"));
    }

    @Test
    void anUnexpectedExceptionIsTold() {
        String line = "atomics exception 0000000d error 00000000 at 8010195f fail ffffffff\n";
        assertThat(Transcript.of("vmcp-probe 1\n" + line).failure())
                .contains("unexpected exception 0000000d error 00000000 at 8010195f");
    }
}
