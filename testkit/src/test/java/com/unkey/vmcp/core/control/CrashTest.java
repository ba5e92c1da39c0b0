package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.port.FailPoints.Point;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.process.Await;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Ends the control plane at every instant that hurts and looks at what the next one makes of it.
 */
class CrashTest {

    private static final List<Action> CALLS =
            List.of(
                    Action.BOOT,
                    Action.PAUSE,
                    Action.RESUME,
                    Action.REBOOT,
                    Action.SHUTDOWN,
                    Action.DELETE);

    /** Stands in for the kill: the thread that gets there never does anything again. */
    private static final class Trap implements FailPoints {
        private final Point point;
        private final Action action;
        private final CountDownLatch sprung = new CountDownLatch(1);

        Trap(Point point, Action action) {
            this.point = point;
            this.action = action;
        }

        @Override
        public void reach(Point reached, Action doing) {
            if (reached == point && doing == action) {
                sprung.countDown();
                while (true) {
                    LockSupport.park();
                }
            }
        }

        void awaitSprung() throws InterruptedException {
            assertThat(sprung.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @TestFactory
    Stream<DynamicTest> aKillAtAnyInstantOfAnyOperationLosesAndDoublesNothing() {
        return Stream.of(Action.values())
                .flatMap(
                        action ->
                                Stream.of(
                                                Point.INTENT_RECORDED,
                                                Point.ACTED,
                                                Point.OUTCOME_RECORDED)
                                        .map(point -> crash(action, point)));
    }

    private static DynamicTest crash(Action action, Point point) {
        return DynamicTest.dynamicTest(
                action.call() + " killed at " + point,
                () -> {
                    try (Rig rig = new Rig()) {
                        prepare(rig, action);
                        Trap trap = new Trap(point, action);
                        rig.restart(trap);
                        submit(rig, action);
                        trap.awaitSprung();

                        rig.crash();

                        checkInvariants(rig);
                        checkUsable(rig);
                    }
                });
    }

    private static void prepare(Rig rig, Action action) {
        if (action != Action.CREATE) {
            rig.create("a");
        }
        if (!Set.of(Action.CREATE, Action.BOOT, Action.DELETE).contains(action)) {
            rig.run("a", Action.BOOT);
        }
        if (action == Action.RESUME) {
            rig.run("a", Action.PAUSE);
        }
    }

    private static void submit(Rig rig, Action action) {
        if (action == Action.CREATE) {
            var _ = rig.plane.create(Rig.request("a"));
        } else {
            var _ = rig.submit("a", Operation.of(action), Rig.LONG);
        }
    }

    /** No VM without a record, no record without its VMM, nothing left open. */
    private static void checkInvariants(Rig rig) {
        Await.until(
                "all intents to be settled",
                () -> records(rig).noneMatch(record -> record.intent().isPresent()));
        long shouldLive =
                records(rig).filter(record -> record.state().kind() != Kind.SHUTDOWN).count();
        assertThat(rig.hypervisor.livingCount()).isEqualTo(shouldLive);
        assertThat(rig.hypervisor.kept().size()).isEqualTo((int) records(rig).count());
        assertThat(rig.plane.list(new ListQuery(Set.of(), 0, "")).totalCount())
                .isEqualTo((int) records(rig).count());
    }

    private static Stream<VmRecord> records(Rig rig) {
        return rig.store.durable().records().stream();
    }

    /** Whatever became of the VM, its name can be used and it can be brought to its end. */
    private static void checkUsable(Rig rig) {
        try {
            rig.create("a");
        } catch (VmException e) {
            assertThat(rig.record("a").id()).isEqualTo(new VmId("a"));
        }
        rig.force("a", Action.DELETE);
        assertThat(rig.hypervisor.kept()).isEmpty();
        assertThat(records(rig)).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> randomHistoriesWithCrashesKeepTheInvariants() {
        long base = new Random().nextLong();
        return IntStream.range(0, 60)
                .mapToObj(i -> base + i)
                .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> history(seed)));
    }

    private static void history(long seed) {
        try {
            history(new Random(seed));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static void history(Random random) {
        try (Rig rig = new Rig()) {
            for (int step = 0; step < 60; step++) {
                String id = "vm" + random.nextInt(4);
                switch (random.nextInt(10)) {
                    case 0 -> rig.crash();
                    case 1 -> rig.restart();
                    case 2 -> guestEnds(rig, id, random.nextBoolean());
                    case 3 -> rig.hypervisor.faults().failNext(anyCall(random));
                    case 4, 5 -> quietly(() -> rig.create(id));
                    default -> quietly(() -> operate(rig, id, random));
                }
            }
            rig.crash();
            checkInvariants(rig);
        }
    }

    private static String anyCall(Random random) {
        List<String> calls =
                List.of("launch", "boot", "pause", "resume", "reset", "stop", "observe");
        return calls.get(random.nextInt(calls.size()));
    }

    private static void operate(Rig rig, String id, Random random) {
        Action action = CALLS.get(random.nextInt(CALLS.size()));
        CompletableFuture<Kind> call =
                rig.submit(id, new Operation(action, random.nextBoolean()), Rig.LONG);
        if (random.nextInt(4) == 0) {
            call.cancel(false);
        } else {
            Rig.get(call);
        }
    }

    private static void guestEnds(Rig rig, String id, boolean inGoodOrder) {
        quietly(
                () -> {
                    if (inGoodOrder) {
                        rig.vmm(id).powerOffGuest();
                    } else {
                        rig.vmm(id).crash("crashed");
                    }
                });
    }

    /** Refusals are as good as answers here. */
    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (VmException | java.util.NoSuchElementException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }
}
