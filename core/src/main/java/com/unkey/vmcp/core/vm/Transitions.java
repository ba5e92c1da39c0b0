package com.unkey.vmcp.core.vm;

import com.unkey.vmcp.core.vm.VmState.Kind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which operation is possible in which state, and where it leads; the table in package-info. */
public final class Transitions {

    /** Where an operation leads. */
    public enum Target {
        RUNNING,
        PAUSED,
        SHUTDOWN,
        /** The VM exists no more. */
        GONE
    }

    private enum When {
        ALWAYS,
        WITH_FORCE
    }

    private record Rule(When when, Target target) {
        boolean permits(boolean force) {
            return force || when == When.ALWAYS;
        }
    }

    private static final Map<Action, Map<Kind, Rule>> TABLE = table();

    private Transitions() {}

    /** Whether the operation is possible in the state. */
    public static boolean allows(Kind state, Operation operation) {
        Rule rule = rules(operation).get(state);
        return rule != null && rule.permits(operation.force());
    }

    /**
     * Where the operation leads from the state.
     *
     * @throws IllegalArgumentException where it is not possible there
     */
    public static Target target(Kind state, Operation operation) {
        Rule rule = rules(operation).get(state);
        if (rule == null || !rule.permits(operation.force())) {
            throw new IllegalArgumentException(operation + " leads nowhere from " + state);
        }
        return rule.target();
    }

    /** The states in which the operation is possible. */
    public static List<Kind> statesFor(Operation operation) {
        return Arrays.stream(Kind.values()).filter(kind -> allows(kind, operation)).toList();
    }

    private static Map<Kind, Rule> rules(Operation operation) {
        return TABLE.getOrDefault(operation.action(), Map.of());
    }

    private static Map<Action, Map<Kind, Rule>> table() {
        Map<Action, Map<Kind, Rule>> table = new EnumMap<>(Action.class);
        table.put(
                Action.BOOT,
                Map.of(
                        Kind.CREATED, always(Target.RUNNING),
                        Kind.SHUTDOWN, always(Target.RUNNING)));
        table.put(Action.PAUSE, Map.of(Kind.RUNNING, always(Target.PAUSED)));
        table.put(Action.RESUME, Map.of(Kind.PAUSED, always(Target.RUNNING)));
        table.put(
                Action.REBOOT,
                Map.of(
                        Kind.RUNNING, always(Target.RUNNING),
                        Kind.PAUSED, withForce(Target.RUNNING)));
        table.put(
                Action.SHUTDOWN,
                Map.of(
                        Kind.RUNNING, always(Target.SHUTDOWN),
                        Kind.PAUSED, withForce(Target.SHUTDOWN)));
        table.put(
                Action.DELETE,
                Map.of(
                        Kind.CREATED, always(Target.GONE),
                        Kind.RUNNING, withForce(Target.GONE),
                        Kind.PAUSED, withForce(Target.GONE),
                        Kind.SHUTDOWN, always(Target.GONE)));
        return table;
    }

    private static Rule always(Target target) {
        return new Rule(When.ALWAYS, target);
    }

    private static Rule withForce(Target target) {
        return new Rule(When.WITH_FORCE, target);
    }
}
