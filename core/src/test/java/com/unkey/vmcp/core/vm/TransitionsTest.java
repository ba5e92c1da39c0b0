package com.unkey.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.vm.VmState.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table in package-info is the expectation: what is drawn is what is tested. */
class TransitionsTest {

    private static final Path DRAWING =
            Path.of("src/main/java/com/unkey/vmcp/core/vm/package-info.java");

    private static final List<Action> CALLS =
            List.of(
                    Action.BOOT,
                    Action.PAUSE,
                    Action.RESUME,
                    Action.REBOOT,
                    Action.SHUTDOWN,
                    Action.DELETE);

    @TestFactory
    Stream<DynamicTest> everyPairIsAsDrawn() throws IOException {
        Map<Kind, List<String>> drawn = drawn();
        assertThat(drawn).containsOnlyKeys(Kind.values());
        return drawn.entrySet().stream()
                .flatMap(
                        row ->
                                Stream.of(0, 1, 2, 3, 4, 5)
                                        .map(
                                                i ->
                                                        pair(
                                                                row.getKey(),
                                                                CALLS.get(i),
                                                                row.getValue().get(i))));
    }

    private static DynamicTest pair(Kind state, Action action, String drawn) {
        return DynamicTest.dynamicTest(
                action.call() + " in " + state + ": " + drawn,
                () -> {
                    boolean refused = drawn.equals("-");
                    boolean needsForce = drawn.endsWith("*");
                    check(state, Operation.of(action), !refused && !needsForce, drawn);
                    check(state, Operation.forced(action), !refused, drawn);
                });
    }

    private static void check(Kind state, Operation operation, boolean allowed, String drawn) {
        assertThat(Transitions.allows(state, operation)).isEqualTo(allowed);
        assertThat(Transitions.statesFor(operation).contains(state)).isEqualTo(allowed);
        if (allowed) {
            assertThat(Transitions.target(state, operation).name())
                    .isEqualTo(drawn.replace("*", ""));
        } else {
            assertThatThrownBy(() -> Transitions.target(state, operation))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(state.name());
        }
    }

    @Test
    void createIsNoTransition() {
        assertThat(Transitions.statesFor(Operation.of(Action.CREATE))).isEmpty();
    }

    private static Map<Kind, List<String>> drawn() throws IOException {
        Map<Kind, List<String>> rows = new TreeMap<>();
        for (String line : Files.readAllLines(DRAWING)) {
            List<String> words = List.of(line.replaceFirst("^ \\* *", "").split(" +", -1));
            for (Kind kind : Kind.values()) {
                if (words.getFirst().equals(kind.name()) && words.size() == 7) {
                    rows.put(kind, words.subList(1, 7));
                }
            }
        }
        return rows;
    }
}
