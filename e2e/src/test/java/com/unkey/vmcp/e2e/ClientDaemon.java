package com.unkey.vmcp.e2e;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One daemon for all tests of a class, started when the first of them asks: where a tool is missing
 * there is no need of it. VMs that a test leaves are removed after it.
 */
final class ClientDaemon implements AfterEachCallback, AfterAllCallback {

    private final UnaryOperator<Home> setting;
    private Optional<Bench> bench = Optional.empty();

    private ClientDaemon(UnaryOperator<Home> setting) {
        this.setting = setting;
    }

    static ClientDaemon plain() {
        return new ClientDaemon(home -> home);
    }

    static ClientDaemon withTls() {
        return new ClientDaemon(Home::withTls);
    }

    String url() {
        return bench().daemon().url();
    }

    /** The command, told what to trust by the variables that the clients' libraries read. */
    Command trusting(Command command) {
        return bench().home()
                .certificate()
                .map(Path::toString)
                .map(
                        file ->
                                command.with("SSL_CERT_FILE", file)
                                        .with("CURL_CA_BUNDLE", file)
                                        .with("REQUESTS_CA_BUNDLE", file)
                                        .with("NODE_EXTRA_CA_CERTS", file))
                .orElse(command);
    }

    /** A guest that ignores its power button; also the daemon's default kernel. */
    Path kernel() {
        return bench().home().stubbornGuest();
    }

    VmClient client() {
        return bench().client();
    }

    /** All that the daemon said, for messages. */
    String said() {
        return bench().daemon().said();
    }

    private Bench bench() {
        Bench running = bench.orElseGet(this::start);
        bench = Optional.of(running);
        return running;
    }

    private Bench start() {
        Home home = setting.apply(Home.make());
        home.with("DEFAULT_KERNEL", home.stubbornGuest().toString()).with("REFLECTION", "true");
        return Bench.start(home, Program.PACKAGE);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        bench.ifPresent(running -> running.client().deleteAll());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        bench.ifPresent(Bench::close);
    }
}
