package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ProcTest {

    private static final String AFTER_STATE =
            " 1 2 2 0 -1 4194304 97 0 0 0 11 31 0 0 20 0 1 0 987654 2985984 224 18446744073709551615\n";

    @Test
    void readsFieldsBehindAnyName() {
        for (String name : new String[] {"sleep", "a b", "x) Z (y", ")", "", "new\nline) S 1"}) {
            Proc.Stat stat = Proc.Stat.parse("42 (" + name + ") S" + AFTER_STATE);
            assertThat(stat).isEqualTo(new Proc.Stat('S', 2, 0, 987654, 42));
            assertThat(stat.alive()).isTrue();
        }
    }

    @Test
    void countsZombiesAsDead() {
        assertThat(Proc.Stat.parse("42 (x) Z" + AFTER_STATE).alive()).isFalse();
        assertThat(Proc.Stat.parse("42 (x) X" + AFTER_STATE).alive()).isFalse();
    }

    @Test
    void findsThreadsByTheBeginningOfTheirName() throws Exception {
        long self = ProcessHandle.current().pid();
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> threads = List.of(waiting("proctest-1", over), waiting("proctest-2", over));
        assertThat(Proc.threadsNamed(self, "proctest-")).hasSize(2).isSorted();
        assertThat(Proc.threadsNamed(self, "proctest-2")).hasSize(1);
        assertThat(Proc.threadsNamed(self, "")).hasSizeGreaterThan(2).contains(self);
        over.countDown();
        for (Thread thread : threads) {
            thread.join(Await.LIMIT);
        }
        Await.until("no such thread", () -> Proc.threadsNamed(self, "proctest-").isEmpty());
    }

    /** A thread is named before anything of it runs. */
    private static Thread waiting(String name, CountDownLatch over) throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        Thread thread =
                Thread.ofPlatform()
                        .name(name)
                        .start(
                                () -> {
                                    runs.countDown();
                                    awaitQuietly(over);
                                });
        runs.await();
        return thread;
    }

    private static void awaitQuietly(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void knowsThatAProcessIsNotThere() throws Exception {
        assertThat(Proc.stat(Integer.MAX_VALUE)).isEmpty();
        assertThat(Proc.residentPages(Integer.MAX_VALUE)).isEmpty();
        assertThat(Proc.threadsNamed(Integer.MAX_VALUE, "")).isEmpty();
        assertThat(Proc.threadStat(ProcessHandle.current().pid(), Integer.MAX_VALUE)).isEmpty();
    }
}
