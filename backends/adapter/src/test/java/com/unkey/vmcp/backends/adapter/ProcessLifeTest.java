package com.unkey.vmcp.backends.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.VmmProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The first and the last moments of a VMM's process. */
class ProcessLifeTest {

    /** Ends on the signal it is told to, and remembers what it was sent. */
    private static final class StubbornProcess implements VmmProcess {
        private final List<String> signals = new ArrayList<>();
        private final String deadly;
        private Consumer<Exit> callback = exit -> {};
        private boolean alive = true;

        StubbornProcess(String deadly) {
            this.deadly = deadly;
        }

        private void signal(String name, int number) {
            signals.add(name);
            if (name.equals(deadly)) {
                end(OptionalInt.of(128 + number));
            }
        }

        void end(OptionalInt code) {
            alive = false;
            callback.accept(new Exit(code));
        }

        @Override
        public long pid() {
            return 7;
        }

        @Override
        public boolean alive() {
            return alive;
        }

        @Override
        public void onExit(Consumer<Exit> told) {
            callback = told;
        }

        @Override
        public boolean awaitExit(Duration limit) {
            return !alive;
        }

        @Override
        public void terminate() {
            signal("TERM", 15);
        }

        @Override
        public void kill() {
            signal("KILL", 9);
        }

        @Override
        public Optional<Long> residentBytes() {
            return Optional.empty();
        }

        @Override
        public List<Long> threadsNamed(String prefix) {
            return List.of();
        }

        @Override
        public Duration cpuTime(List<Long> threadIds) {
            return Duration.ZERO;
        }
    }

    /** Serves at the third look, never, or ends before. */
    private static final class Candidate implements Startup.Newborn {
        private final List<RuntimeException> refusals = new ArrayList<>();
        private final List<String> ended = new ArrayList<>();
        private boolean exited;
        private int looks;

        @Override
        public boolean exited() {
            return exited;
        }

        @Override
        public String lastWords() {
            return "exit code 1: no luck";
        }

        @Override
        public boolean ready(Duration limit) {
            looks++;
            if (!refusals.isEmpty()) {
                throw refusals.removeFirst();
            }
            return looks >= 3;
        }

        @Override
        public void stop() {
            ended.add("stop");
        }

        @Override
        public void close() {
            ended.add("close");
        }
    }

    @Test
    void aGentleSignalIsEnoughForMost() {
        StubbornProcess process = new StubbornProcess("TERM");
        List<String> told = new ArrayList<>();
        ProcessEnd end = new ProcessEnd("Some VMM", process, () -> told.add("exit"));
        assertThat(end.told()).isFalse();
        end.bringAbout();
        end.bringAbout();
        assertThat(process.signals).containsExactly("TERM");
        assertThat(told).containsExactly("exit");
        assertThat(end.told()).isTrue();
        assertThat(end.comesSoon()).isTrue();
        assertThat(end.words()).isEqualTo("killed by signal 15");
    }

    @Test
    void oneThatDoesNotListenIsKilled() {
        StubbornProcess process = new StubbornProcess("KILL");
        new ProcessEnd("Some VMM", process, () -> {}).bringAbout();
        assertThat(process.signals).containsExactly("TERM", "KILL");
    }

    @Test
    void oneThatSurvivesEverythingIsTold() {
        ProcessEnd end = new ProcessEnd("Some VMM", new StubbornProcess("none"), () -> {});
        assertThatThrownBy(end::bringAbout).hasMessageContaining("Some VMM survives SIGKILL");
        assertThat(end.words()).isEqualTo("exit code unknown");
    }

    @Test
    void oneThatDoesNotServeYetIsAskedAgain() {
        Candidate vmm = new Candidate();
        vmm.refusals.add(VmException.unavailable("not yet"));
        assertThatCode(() -> Startup.await("Some VMM", vmm)).doesNotThrowAnyException();
        assertThat(vmm.looks).isEqualTo(3);
        assertThat(vmm.ended).isEmpty();
    }

    @Test
    void oneThatNeverWillIsEnded() {
        Candidate vmm = new Candidate();
        vmm.refusals.add(VmException.vmmFailed("an odd one"));
        assertThatThrownBy(() -> Startup.await("Some VMM", vmm)).hasMessage("an odd one");
        assertThat(vmm.ended).containsExactly("stop", "close");
    }

    @Test
    void oneThatEndsEarlyIsToldWithItsLastWords() {
        Candidate vmm = new Candidate();
        vmm.exited = true;
        assertThatThrownBy(() -> Startup.await("Some VMM", vmm))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.VmmFailed.class))
                .hasMessage("Some VMM did not start, exit code 1: no luck");
        assertThat(vmm.ended).containsExactly("stop", "close");
    }
}
