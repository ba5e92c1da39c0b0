package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the daemon says of itself. */
class HealthTest {

    @Test
    void fourKeysWithNumbersAsNumbers() {
        try (Bench bench = Bench.start()) {
            Answer health = bench.client().get("/_/health").ok();
            assertThat(health.body().propertyNames())
                    .containsExactlyInAnyOrder("status", "backend", "uptime_seconds", "version");
            assertThat(health.text("status")).isEqualTo("healthy");
            assertThat(health.text("backend")).isEqualTo("qemu");
            assertThat(health.body().path("uptime_seconds").isIntegralNumber()).isTrue();
            assertThat(health.text("version")).matches("\\d+\\.\\d+\\.\\d+\\S*");
            Answer alive = bench.client().get("/health").ok();
            assertThat(alive.body().toString()).isEqualTo("{\"status\":\"ok\"}");
        }
    }

    @Test
    void withoutAnyVmmTheDefaultBackendSaysWhatToInstallOrSet() {
        assertThat(Path.of("/tmp/ch.sock")).as("the endpoint that is used unasked").doesNotExist();
        Home home =
                Home.make().without("BACKEND").withToolsAlone("bash", "dirname", "sh", "setsid");
        try (Bench bench = Bench.start(home, Program.PACKAGE)) {
            assertThat(bench.daemon().output()).contains("backend=cloudhypervisor");
            Answer health = bench.client().get("/_/health");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text("backend")).isEqualTo("cloudhypervisor");
            assertThat(health.text("reason")).contains("UNKEY_VMCP_CH_BINARY");

            Answer refused = bench.client().create("a", VmConfigs.mini(home));
            assertThat(refused.refused("unavailable").message()).contains("UNKEY_VMCP_CH_BINARY");
            assertThat(bench.client().states()).isEmpty();
            assertThat(home.runDirectories()).isEmpty();
        }
    }

    @Test
    void withoutQemuTheReasonIsGivenAndNothingIsCreated() {
        Home home = Home.make().with("QEMU_BINARY", "/nonexistent/qemu");
        try (Bench bench = Bench.start(home, Program.PACKAGE)) {
            Answer health = bench.client().get("/_/health");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text("status")).isEqualTo("unhealthy");
            assertThat(health.text("backend")).isEqualTo("qemu");
            assertThat(health.body().path("uptime_seconds").isIntegralNumber()).isTrue();
            assertThat(health.text("version")).isNotEmpty();
            assertThat(health.text("reason")).contains("UNKEY_VMCP_QEMU_BINARY");

            Answer refused = bench.client().create("a", VmConfigs.mini(home));
            assertThat(refused.refused("unavailable").message()).contains("UNKEY_VMCP_QEMU_BINARY");
            assertThat(bench.client().states()).isEmpty();
            assertThat(home.runDirectories()).isEmpty();
        }
    }
}
