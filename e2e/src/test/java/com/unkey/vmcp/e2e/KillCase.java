package com.unkey.vmcp.e2e;

import com.unkey.vmcp.core.port.FailPoints.Point;
import com.unkey.vmcp.core.vm.Action;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A call during which the daemon is killed.
 *
 * @param steps calls that bring the VM where the call finds it; {@code CreateVm} first
 * @param call what is called, with {@code " force"} after it where it is forced
 * @param before the VM's state before the call, {@link #GONE} where there is none
 * @param after the same after it
 * @param trap where the daemon is killed, as {@link FailPointMain} reads it
 */
record KillCase(List<String> steps, String call, String before, String after, Trap trap) {

    static final String GONE = "GONE";

    /** The {@code hit}-th time that the daemon gets to the point while it does the action. */
    record Trap(Action action, Point point, int hit) {

        String text() {
            return action + " " + point + " " + hit;
        }
    }

    /** What the call does, with the instants at which it can be interrupted still to be chosen. */
    record Row(List<String> steps, String call, String before, String after, Action action) {

        Stream<KillCase> at(Trap... traps) {
            return Stream.of(traps).map(trap -> new KillCase(steps, call, before, after, trap));
        }

        /** After the intent, after the act, after the outcome. */
        Stream<KillCase> everywhere() {
            return at(
                    new Trap(action, Point.INTENT_RECORDED, 1),
                    new Trap(action, Point.ACTED, 1),
                    new Trap(action, Point.OUTCOME_RECORDED, 1));
        }

        /** The same and where the VMM's process is there and its record is not. */
        Stream<KillCase> everywhereAndSpawned() {
            return Stream.concat(everywhere(), at(new Trap(Action.CREATE, Point.SPAWNED, 1)));
        }
    }

    String name() {
        return "%s from %s killed at %s%s"
                .formatted(
                        call, before, trap.point(), trap.hit() > 1 ? " (" + trap.hit() + ".)" : "");
    }

    /** A recorded outcome stands; before that the call may count as done or as never made. */
    Set<String> possible() {
        return trap.point() == Point.OUTCOME_RECORDED
                ? Set.of(after)
                : new TreeSet<>(List.of(before, after));
    }
}
