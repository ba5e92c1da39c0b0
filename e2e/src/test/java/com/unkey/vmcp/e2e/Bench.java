package com.unkey.vmcp.e2e;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.util.List;

/**
 * A daemon with a client, on a state directory of its own, that can be killed and started anew.
 * When it is closed every VM is deleted, and what is left then fails the test.
 */
final class Bench implements AutoCloseable {

    private final Home home;
    private final Program program;
    private DaemonProcess daemon;
    private VmClient client;

    private Bench(Home home, Program program) {
        this.home = home;
        this.program = program;
        this.daemon = DaemonProcess.start(home, program).awaitReady();
        this.client = connect();
    }

    static Bench start() {
        return start(Home.make(), Program.PACKAGE);
    }

    static Bench start(Backend backend) {
        return start(Home.make(backend), Program.PACKAGE);
    }

    /** Owns the home from now on, also where the daemon does not start. */
    static Bench start(Home home, Program program) {
        try {
            return new Bench(home, program);
        } catch (RuntimeException | AssertionError e) {
            closeAfter(e, home);
            throw e;
        }
    }

    private VmClient connect() {
        return new VmClient(daemon.url(), home.certificate());
    }

    private static void closeAfter(Throwable failure, Home home) {
        try {
            home.close();
        } catch (RuntimeException | AssertionError e) {
            failure.addSuppressed(e);
        }
    }

    Home home() {
        return home;
    }

    DaemonProcess daemon() {
        return daemon;
    }

    VmClient client() {
        return client;
    }

    /** Living VMMs. */
    List<Long> vmms() {
        return home.processes().stream().filter(pid -> pid != daemon.pid()).toList();
    }

    void kill9() {
        client.close();
        daemon.kill9();
    }

    /** Starts the next daemon on the same state directory. */
    void startAgain() {
        client.close();
        daemon = DaemonProcess.start(home, program).awaitReady();
        client = connect();
    }

    void killAndStartAgain() {
        kill9();
        startAgain();
    }

    @Override
    public void close() {
        try (home;
                VmClient last = client) {
            if (daemon.isAlive()) {
                last.deleteAll();
            }
            daemon.close();
        }
    }
}
