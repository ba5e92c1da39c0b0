package com.unkey.vmcp.e2e;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One daemon for all tests of a class, started when the first of them asks: where a tool is missing
 * there is no need of it. VMs that a test leaves are removed after it.
 */
final class ClientDaemon implements AfterEachCallback, AfterAllCallback {

    private Optional<Bench> bench = Optional.empty();

    int port() {
        return bench().daemon().port();
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
        Bench running = bench.orElseGet(ClientDaemon::start);
        bench = Optional.of(running);
        return running;
    }

    private static Bench start() {
        Home home = Home.make();
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
