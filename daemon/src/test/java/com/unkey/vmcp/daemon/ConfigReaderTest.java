package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.qemu.Machine;
import com.unkey.vmcp.backends.qemu.accel.AccelSetting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {

    private static final String P = Variables.PREFIX;

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        Config config = read(Map.of());

        assertThat(config.listen().port()).isEqualTo(8080);
        assertThat(config.listen().address().getHostAddress()).isEqualTo("0.0.0.0");
        assertThat(config.host().stateDirectory()).isEqualTo(Path.of("/var/lib/vmm-controlplane"));
        assertThat(config.host().consoleDirectories())
                .containsExactly(Path.of("/var/log"), Path.of("/tmp"));
        assertThat(config.host().consoleMaxBytes()).isEqualTo(16 << 20);
        assertThat(config.qemu().machine()).isEqualTo(Machine.Q35);
        assertThat(config.qemu().accel()).isEqualTo(AccelSetting.AUTO);
        assertThat(config.telemetry().enabled()).isFalse();
    }

    @Test
    void whatIsSetIsTaken() {
        Config config =
                read(
                        Map.of(
                                P + "PORT", "0",
                                P + "ADDRESS", "::1",
                                P + "STATE_DIR", "/srv/state",
                                P + "ALLOWED_PATHS", "/images:/kernels",
                                P + "DEFAULT_KERNEL", "/kernels/vmlinux",
                                P + "QEMU_MACHINE", "microvm",
                                P + "QEMU_ACCEL", "tcg",
                                P + "OTEL_ENABLED", "1"));

        assertThat(config.listen().port()).isZero();
        assertThat(config.listen().address().isLoopbackAddress()).isTrue();
        assertThat(config.host().stateDirectory()).isEqualTo(Path.of("/srv/state"));
        assertThat(config.host().allowedPaths())
                .containsExactly(Path.of("/images"), Path.of("/kernels"));
        assertThat(config.host().defaultKernel()).contains(Path.of("/kernels/vmlinux"));
        assertThat(config.qemu().machine()).isEqualTo(Machine.MICROVM);
        assertThat(config.qemu().accel()).isEqualTo(AccelSetting.TCG);
        assertThat(config.telemetry().enabled()).isTrue();
    }

    @Test
    void anEmptyVariableIsAnAbsentOne() {
        assertThat(read(Map.of(P + "PORT", "")).listen().port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource({
        "PORT, eighty",
        "PORT, 65536",
        "PORT, -1",
        "ADDRESS, 300.1.2.3",
        "STATE_DIR, relative/path",
        "DEFAULT_KERNEL, vmlinux",
        "ALLOWED_PATHS, /a:b",
        "CONSOLE_DIRS, logs",
        "CONSOLE_MAX_BYTES, 1k",
        "QEMU_MACHINE, pc",
        "QEMU_ACCEL, hvf",
        "QEMU_BINARY, qemu",
        "CH_ENDPOINT, http://ch",
        "FC_ENDPOINT, unix://relative",
        "OTEL_ENABLED, maybe",
        "OTEL_SAMPLING_RATE, 1.5",
        "OTEL_SAMPLING_RATE, NaN",
        "OTEL_ENDPOINT, localhost",
        "OTEL_PROMETHEUS_ENABLED, on",
        "OTEL_PROMETHEUS_PORT, x"
    })
    void aValueThatDoesNotParseNamesVariableValueAndWhatIsAccepted(String name, String value) {
        assertThatThrownBy(() -> read(Map.of(P + name, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(P + name)
                .hasMessageContaining("\"" + value + "\"")
                .hasMessageContaining("accepted: ");
    }

    @Test
    void allErrorsAreToldAtOnce() {
        assertThatThrownBy(() -> read(Map.of(P + "PORT", "x", P + "QEMU_ACCEL", "y")))
                .hasMessageContaining(P + "PORT")
                .hasMessageContaining(P + "QEMU_ACCEL");
    }

    @Test
    void anUnknownBackendIsNamedAsItEverWas() {
        assertThatThrownBy(() -> read(Map.of(P + "BACKEND", "your-backend")))
                .hasMessageStartingWith("unsupported backend type: your-backend")
                .hasMessageContaining("qemu");
    }

    @Test
    void stateOfOthersThanRootIsInTheirHome() {
        Map<String, String> environment = new HashMap<>();
        environment.put(P + "BACKEND", "qemu");
        environment.put("XDG_STATE_HOME", "/home/me/state");

        assertThat(new ConfigReader(environment, false).read().host().stateDirectory())
                .isEqualTo(Path.of("/home/me/state/vmm-controlplane"));
        environment.remove("XDG_STATE_HOME");
        assertThat(new ConfigReader(environment, false).read().host().stateDirectory())
                .isEqualTo(
                        Path.of(System.getProperty("user.home"), ".local/state/vmm-controlplane"));
    }

    @Test
    void variablesThatMeanNothingAreFound() {
        ConfigReader reader =
                new ConfigReader(Map.of(P + "BACKEND", "qemu", P + "PROT", "1", "PROT", "2"), true);
        reader.read();

        assertThat(reader.unknown()).containsExactly(P + "PROT");
    }

    private static Config read(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.putIfAbsent(P + "BACKEND", "qemu");
        return new ConfigReader(environment, true).read();
    }
}
