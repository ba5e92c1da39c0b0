package com.unkey.vmcp.connect.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http1Connection;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the engine against what connect-go was recorded to answer. Where it is to answer otherwise,
 * {@code golden-differences.json} says so, and why.
 */
class GoldenTest {

    /** As the recorder has it. */
    private static final int MAX_MESSAGE_BYTES = 8192;

    private static EngineServer server;

    @BeforeAll
    static void start() {
        server = EngineServer.ofTestService(MAX_MESSAGE_BYTES);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> answersAsConnectGoDoes() throws IOException {
        Map<String, Difference> differences = Difference.all();
        return Golden.all().stream()
                .flatMap(
                        golden ->
                                golden.over().stream()
                                        .map(http -> test(golden, http, differences)));
    }

    private static DynamicTest test(
            Golden golden, String http, Map<String, Difference> differences) {
        String name = golden.over(http);
        Difference difference = differences.getOrDefault(name, differences.get(golden.name()));
        return DynamicTest.dynamicTest(
                name,
                () -> {
                    Answer ours = answer(golden, http);
                    if (difference == null) {
                        assertThat(comparable(golden, ours))
                                .isEqualTo(comparable(golden, golden.answer()));
                    } else {
                        assertThat(ours.withoutWords())
                                .as("declared to differ: %s", difference.reason())
                                .isEqualTo(difference.answer().withoutWords())
                                .isNotEqualTo(golden.answer().withoutWords());
                    }
                });
    }

    private static Answer answer(Golden golden, String http) throws IOException {
        WireAnswer answer =
                http.equals("2")
                        ? Http2Connection.exchange(server.port(), golden.request())
                        : Http1Connection.exchange(server.port(), golden.request());
        return Answer.of(answer, golden.over());
    }

    private static Answer comparable(Golden golden, Answer answer) {
        return golden.ownMessage() ? answer : answer.withoutWords();
    }

    @Test
    void everyDifferenceIsThatOfACase() throws IOException {
        Set<String> names = new HashSet<>();
        for (Golden golden : Golden.all()) {
            names.add(golden.name());
            golden.over().forEach(http -> names.add(golden.over(http)));
        }
        assertThat(new TreeSet<>(Difference.all().keySet())).isSubsetOf(names);
    }
}
