package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/**
 * Kills the daemon in the middle of calls and looks at what the next one makes of it. One chain of
 * daemons serves many cases: each is killed in one and begins the next. Beside the VM in question
 * there is another one, which must never notice. It is paused but for a moment in each case, as a
 * mini guest that runs keeps a processor busy.
 */
final class KillRig implements AutoCloseable {

    private static final String VM = "victim";
    private static final String BYSTANDER = "bystander";
    private static final int KILLED = 128 + 9;

    private final Backend backend;

    private Optional<Bench> bench = Optional.empty();
    private long bystander;

    KillRig(Backend backend) {
        this.backend = backend;
    }

    DynamicContainer tests(List<KillCase> cases) {
        return DynamicContainer.dynamicContainer(
                backend.toString(),
                cases.stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> run(each))));
    }

    private void run(KillCase each) {
        backend.assumeThere();
        boolean done = false;
        try {
            Bench here = bench();
            kill(here, each);
            check(here, each);
            done = true;
        } finally {
            if (!done) {
                giveUp();
            }
        }
    }

    /** The one that is there, or a new one after a case that failed. */
    private Bench bench() {
        if (bench.isEmpty()) {
            Bench fresh = Bench.start(Home.make(backend), DaemonProcess.Program.WITH_TRAPS);
            bench = Optional.of(fresh);
            fresh.client().run(BYSTANDER, VmConfigs.mini(fresh.home()));
            bystander = fresh.client().pid(BYSTANDER);
            Answer _ = fresh.client().call("PauseVm", BYSTANDER).ok();
        }
        return bench.get();
    }

    private void giveUp() {
        Bench broken = bench.orElseThrow();
        bench = Optional.empty();
        try {
            broken.close();
        } catch (RuntimeException | AssertionError e) {
            System.err.println("after a failed case: " + e);
        }
    }

    private void kill(Bench here, KillCase each) {
        for (String step : each.steps()) {
            Answer _ = call(here, step).ok();
            if (step.equals("BootVm")) {
                int _ = here.client().guest(VM).awaitTicks();
            }
        }
        set(here, each.trap());
        Thread caller = Thread.ofVirtual().start(() -> callInVain(here, each.call()));
        assertThat(here.daemon().awaitExit()).as("exit code of the daemon").isEqualTo(KILLED);
        join(caller);
        unset(here);
    }

    /** A call as a case writes it: the method, and {@code force} after it where it is meant. */
    private static Answer call(Bench here, String call) {
        VmClient client = here.client();
        String method = call.split(" ", -1)[0];
        if (method.equals("CreateVm")) {
            return client.create(VM, VmConfigs.mini(here.home()));
        }
        return call.endsWith(" force") ? client.force(method, VM) : client.call(method, VM);
    }

    private static void callInVain(Bench here, String call) {
        try {
            Answer _ = call(here, call);
        } catch (UncheckedIOException _) {
            // That is what becomes of a call whose server is killed.
        }
    }

    private static void join(Thread caller) {
        try {
            assertThat(caller.join(Await.LIMIT)).as("the caller is told").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the caller was told", e);
        }
    }

    private static void set(Bench here, KillCase.Trap trap) {
        try {
            Files.writeString(here.home().trap(), trap.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unset(Bench here) {
        try {
            Files.delete(here.home().trap());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(Bench here, KillCase each) {
        here.startAgain();
        VmClient client = here.client();
        assertThat(state(client)).as("state after the restart").isIn(each.possible());
        assertThat(client.pid(BYSTANDER)).as("pid of the bystander").isEqualTo(bystander);
        Answer _ = client.call("ResumeVm", BYSTANDER).ok();
        int _ = client.guest(BYSTANDER).awaitTicks();
        Answer _ = client.call("PauseVm", BYSTANDER).ok();
        Await.until("each VM to have its own and no more", () -> consistent(here));
        takeControl(here);
        assertThat(client.states()).isEqualTo(Map.of(BYSTANDER, States.PAUSED));
        assertThat(consistent(here)).as("one VM, one process, one directory").isTrue();
    }

    private static String state(VmClient client) {
        return client.states().getOrDefault(VM, KillCase.GONE);
    }

    /** One directory for each VM, one process for each VM that is not shut down. */
    private static boolean consistent(Bench here) {
        Map<String, String> states = here.client().states();
        long living = states.values().stream().filter(s -> !s.equals(States.SHUTDOWN)).count();
        return here.home().runDirectories().size() == states.size() && here.vmms().size() == living;
    }

    /** Every call works on the VM as it was found; in the end it is gone. */
    private static void takeControl(Bench here) {
        VmClient client = here.client();
        Await.until("the VM to be made to run", () -> bringToRun(here));
        int _ = client.guest(VM).awaitTicks();
        for (String call : List.of("PauseVm", "ResumeVm", "ShutdownVm force", "DeleteVm")) {
            Answer _ = call(here, call).ok();
        }
    }

    /** One step; a graceful call that the kill interrupted may go on for a while and refuse it. */
    private static boolean bringToRun(Bench here) {
        Answer answer =
                switch (state(here.client())) {
                    case KillCase.GONE -> call(here, "CreateVm");
                    case States.CREATED, States.SHUTDOWN -> call(here, "BootVm");
                    case States.PAUSED -> call(here, "ResumeVm");
                    default -> call(here, "PauseVm");
                };
        if (!answer.code().equals("failed_precondition")) {
            Answer _ = answer.ok();
        }
        return answer.state().equals(States.RUNNING);
    }

    @Override
    public void close() {
        bench.ifPresent(Bench::close);
    }
}
