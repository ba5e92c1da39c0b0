package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the programs of {@code clients/}, which takes a VM of the daemon through its life and
 * checks what it is answered. It is made ready when the first test asks.
 */
final class ClientTour {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** A program that looks at less than this has lost some of its steps. */
    private static final int LEAST_CHECKS = 35;

    private static final Pattern SUM = Pattern.compile("(?m)^(\\d+) checks, 0 failed$");

    private final ClientDaemon daemon;
    private final Supplier<Command> preparation;
    private Optional<Command> program = Optional.empty();

    ClientTour(ClientDaemon daemon, Supplier<Command> preparation) {
        this.daemon = daemon;
        this.preparation = preparation;
    }

    /** Has the program speak the flavour; each of its checks has to hold. */
    void take(String flavour) {
        Command ready = program.orElseGet(preparation);
        program = Optional.of(ready);
        Command tour = ready.and(daemon.url(), daemon.kernel().toString(), flavour);
        Command.Result result = daemon.trusting(tour).run(LIMIT);
        Matcher sum = SUM.matcher(result.output());
        assertThat(result.code() == 0 && sum.find())
                .as("the checks hold. %s\ndaemon: %s", result, daemon.said())
                .isTrue();
        assertThat(Integer.parseInt(sum.group(1)))
                .as("checks made: %s", result.output())
                .isGreaterThanOrEqualTo(LEAST_CHECKS);
    }
}
