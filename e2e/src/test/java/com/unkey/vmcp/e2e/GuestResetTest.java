package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import com.unkey.vmcp.testkit.process.Await;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a Firecracker VM whose guest resets itself, which ends its process. */
@ParameterizedClass
@EnumSource(names = {"FIRECRACKER", "FAKE_FIRECRACKER"})
class GuestResetTest {

    private static final String VM = "a";

    @Parameter private Backend backend;

    private Bench bench;

    @AfterEach
    void stop() {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void isShutDownUnlessSomebodySaysOtherwise() throws Exception {
        bench = Bench.start(backend);
        bench.client().run(VM, config());
        resetItself();
        bench.client().awaitState(VM, States.SHUTDOWN);
        assertThat(bench.client().fact(VM, "last_exit")).contains("the guest reset itself");
        assertThat(bench.vmms()).isEmpty();
    }

    @Test
    void isStartedAnewWhereItsConfigurationSaysSo() throws Exception {
        bench = Bench.start(backend);
        bench.client().run(VM, restarting(config()));
        startsAnewWhenItResetsItself();
    }

    @Test
    void isStartedAnewWhereTheOperatorSaysSo() throws Exception {
        Home home = Home.make(backend).with("FC_ON_GUEST_RESET", "restart");
        bench = Bench.start(home, Program.PACKAGE);
        bench.client().run(VM, config());
        startsAnewWhenItResetsItself();
        bench.killAndStartAgain();
        startsAnewWhenItResetsItself();
    }

    /** The state never says anything but RUNNING. */
    private void startsAnewWhenItResetsItself() throws Exception {
        long pid = bench.client().pid(VM);
        resetItself();
        Await.until("another process", () -> isAnother(pid));
        assertThat(bench.client().state(VM)).isEqualTo(States.RUNNING);
        assertThat(bench.vmms()).containsExactly(bench.client().pid(VM));
        int _ = guest().awaitTicks();
        bench.client().call("PauseVm", VM).ok();
        bench.client().call("ResumeVm", VM).ok();
    }

    private boolean isAnother(long pid) {
        String now = bench.client().fact(VM, "pid");
        return !now.isEmpty() && Long.parseLong(now) != pid;
    }

    /** Nobody asked the daemon for it. */
    private void resetItself() throws Exception {
        int _ = guest().awaitTicks();
        Path runDirectory = bench.home().runDirectories().getFirst();
        backend.pressCtrlAltDel(runDirectory);
    }

    private Guest guest() {
        return bench.client().guest(VM);
    }

    private VmConfigs config() {
        return VmConfigs.mini(bench.home());
    }

    private VmConfigs restarting(VmConfigs config) {
        Map<String, Object> boot = new LinkedHashMap<>();
        boot.put("kernel_path", bench.home().miniGuest().toString());
        boot.put("boot_options", Map.of("on_guest_reset", "restart"));
        return config.with("boot", boot);
    }
}
