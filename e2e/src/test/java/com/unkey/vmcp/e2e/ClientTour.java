package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One daemon for the tests of a class, and one of the programs of {@code clients/} that takes VMs
 * of it through their lives. Both are made ready when the first test asks.
 */
final class ClientTour implements AfterEachCallback, AfterAllCallback {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** A program that looks at little less than this has lost some of its steps. */
    private static final int LEAST_CHECKS = 35;

    private static final Pattern SUM = Pattern.compile("(?m)^(\\d+) checks, 0 failed$");

    private final Supplier<Command> preparation;
    private Optional<Command> program = Optional.empty();
    private Optional<Bench> bench = Optional.empty();

    private ClientTour(Supplier<Command> preparation) {
        this.preparation = preparation;
    }

    static ClientTour of(Supplier<Command> preparation) {
        return new ClientTour(preparation);
    }

    /** Has the program speak the flavour; each of its checks has to hold. */
    void take(String flavour) {
        Command ready = program.orElseGet(this::prepare);
        Bench daemon = bench.orElseGet(this::startDaemon);
        Command.Result result =
                ready.and(url(daemon), kernel(daemon.home()).toString(), flavour).run(LIMIT);
        Matcher sum = SUM.matcher(result.output());
        assertThat(result.code() == 0 && sum.find())
                .as("the checks hold. %s\ndaemon: %s", result, daemon.daemon().said())
                .isTrue();
        assertThat(Integer.parseInt(sum.group(1)))
                .as("checks made: %s", result.output())
                .isGreaterThanOrEqualTo(LEAST_CHECKS);
    }

    private Command prepare() {
        Command made = preparation.get();
        program = Optional.of(made);
        return made;
    }

    private Bench startDaemon() {
        Home home = Home.make();
        home.with("DEFAULT_KERNEL", kernel(home).toString()).with("REFLECTION", "true");
        Bench started = Bench.start(home, Program.PACKAGE);
        bench = Optional.of(started);
        return started;
    }

    private static Path kernel(Home home) {
        return home.stubbornGuest();
    }

    private static String url(Bench daemon) {
        return "http://127.0.0.1:" + daemon.daemon().port();
    }

    /** What a program that failed left behind is no business of the next one. */
    @Override
    public void afterEach(ExtensionContext context) {
        bench.ifPresent(daemon -> daemon.client().deleteAll());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        bench.ifPresent(Bench::close);
    }
}
