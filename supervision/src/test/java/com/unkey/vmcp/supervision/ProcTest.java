package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcTest {

    private static final String AFTER_STATE =
            " 1 2 2 0 -1 4194304 97 0 0 0 11 31 0 0 20 0 1 0 987654 2985984 224 18446744073709551615\n";

    @Test
    void readsFieldsBehindAnyName() {
        for (String name : new String[] {"sleep", "a b", "x) Z (y", ")", "", "new\nline) S 1"}) {
            Proc.Stat stat = Proc.Stat.parse("42 (" + name + ") S" + AFTER_STATE);
            assertThat(stat).isEqualTo(new Proc.Stat('S', 987654, 42));
            assertThat(stat.alive()).isTrue();
        }
    }

    @Test
    void countsZombiesAsDead() {
        assertThat(Proc.Stat.parse("42 (x) Z" + AFTER_STATE).alive()).isFalse();
        assertThat(Proc.Stat.parse("42 (x) X" + AFTER_STATE).alive()).isFalse();
    }

    @Test
    void knowsThatAProcessIsNotThere() throws Exception {
        assertThat(Proc.stat(Integer.MAX_VALUE)).isEmpty();
        assertThat(Proc.residentPages(Integer.MAX_VALUE)).isEmpty();
        assertThat(Proc.threadStat(ProcessHandle.current().pid(), Integer.MAX_VALUE)).isEmpty();
    }
}
