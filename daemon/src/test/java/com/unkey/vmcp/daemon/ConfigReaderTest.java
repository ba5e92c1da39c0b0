package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.connect.FieldNames;
import com.unkey.vmcp.rpc.CorsOrigins;
import com.unkey.vmcp.rpc.tls.TlsFiles;
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
        assertThat(config.listen().socket()).isEmpty();
        assertThat(config.listen().tls()).isEmpty();
        assertThat(config.api().fieldNames()).isEqualTo(FieldNames.PROTO);
        assertThat(config.api().maxMessageBytes()).isEqualTo(4 << 20);
        assertThat(config.api().maxCalls()).isEqualTo(1024);
        assertThat(config.api().browsers()).isEqualTo(CorsOrigins.none());
        assertThat(config.api().reflection()).isFalse();
        assertThat(config.host().stateDirectory()).isEqualTo(Path.of("/var/lib/vmm-controlplane"));
        assertThat(config.host().consoleDirectories())
                .containsExactly(Path.of("/var/log"), Path.of("/tmp"));
        assertThat(config.host().consoleMaxBytes()).isEqualTo(16 << 20);
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
                                P + "OTEL_ENABLED", "1"));

        assertThat(config.listen().port()).isZero();
        assertThat(config.listen().address().isLoopbackAddress()).isTrue();
        assertThat(config.host().stateDirectory()).isEqualTo(Path.of("/srv/state"));
        assertThat(config.host().allowedPaths())
                .containsExactly(Path.of("/images"), Path.of("/kernels"));
        assertThat(config.host().defaultKernel()).contains(Path.of("/kernels/vmlinux"));
        assertThat(config.telemetry().enabled()).isTrue();
    }

    @Test
    void whatIsSetOfTheApiIsTaken() {
        Config config =
                read(
                        Map.of(
                                P + "LISTEN_SOCKET", "unix:///run/vmm.sock",
                                P + "TLS_CERT", "/etc/tls.crt",
                                P + "TLS_KEY", "/etc/tls.key",
                                P + "TLS_CLIENT_CA", "/etc/ca.crt",
                                P + "CORS_ORIGINS", "https://a.org,http://localhost:5173",
                                P + "JSON_NAMES", "camel",
                                P + "MAX_MESSAGE_BYTES", "65536",
                                P + "MAX_CALLS", "16",
                                P + "REFLECTION", "true"));

        assertThat(config.listen().socket()).contains(Path.of("/run/vmm.sock"));
        assertThat(config.listen().tls())
                .get()
                .extracting(TlsFiles::certificate)
                .hasToString(P + "TLS_CERT: /etc/tls.crt");
        assertThat(config.listen().tls().flatMap(TlsFiles::clientCa)).isPresent();
        assertThat(config.api().browsers().allowed())
                .containsExactlyInAnyOrder("https://a.org", "http://localhost:5173");
        assertThat(config.api().fieldNames()).isEqualTo(FieldNames.CAMEL);
        assertThat(config.api().maxMessageBytes()).isEqualTo(65_536);
        assertThat(config.api().maxCalls()).isEqualTo(16);
        assertThat(config.api().reflection()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"TLS_CERT, TLS_KEY", "TLS_KEY, TLS_CERT", "TLS_CLIENT_CA, TLS_CERT"})
    void halfOfATlsSettingNamesTheOtherHalf(String set, String missing) {
        assertThatThrownBy(() -> read(Map.of(P + set, "/etc/file")))
                .hasMessageContaining(P + set + ": /etc/file: needs ")
                .hasMessageContaining(P + missing);
    }

    @Test
    void onlyAPortThatAnyoneCanUseIsOpen() {
        Map<String, String> tls = Map.of(P + "TLS_CERT", "/c", P + "TLS_KEY", "/k");
        Map<String, String> mutual = new HashMap<>(tls);
        mutual.put(P + "TLS_CLIENT_CA", "/ca");

        assertThat(read(Map.of()).listen().isOpen()).isTrue();
        assertThat(read(tls).listen().isOpen()).isTrue();
        assertThat(read(mutual).listen().isOpen()).isFalse();
        assertThat(read(Map.of(P + "ADDRESS", "127.0.0.1")).listen().isOpen()).isFalse();
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
        "CH_BINARY, cloud-hypervisor",
        "FC_ENDPOINT, unix://relative",
        "FC_ON_GUEST_RESET, reboot",
        "FC_JAILER, jailer",
        "LISTEN_SOCKET, vmm.sock",
        "TLS_CERT, tls.crt",
        "CORS_ORIGINS, app.example.com",
        "CORS_ORIGINS, https://app.example.com/",
        "JSON_NAMES, snake",
        "MAX_MESSAGE_BYTES, 4M",
        "MAX_CALLS, 0",
        "REFLECTION, maybe",
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
                .hasMessageContaining(
                        "accepted by this version: cloudhypervisor, firecracker, qemu");
    }

    @Test
    void whereNoneIsNamedTheFirstBackendIsTheDefault() {
        assertThat(reader(Map.of(), true).read().backend().value()).isEqualTo("cloudhypervisor");
        assertThat(read(Map.of()).backend().value()).isEqualTo("qemu");
    }

    @Test
    void stateOfOthersThanRootIsInTheirHome() {
        Map<String, String> environment = new HashMap<>();
        environment.put(P + "BACKEND", "qemu");
        environment.put("XDG_STATE_HOME", "/home/me/state");

        assertThat(reader(environment, false).read().host().stateDirectory())
                .isEqualTo(Path.of("/home/me/state/vmm-controlplane"));
        environment.remove("XDG_STATE_HOME");
        assertThat(reader(environment, false).read().host().stateDirectory())
                .isEqualTo(
                        Path.of(System.getProperty("user.home"), ".local/state/vmm-controlplane"));
    }

    @Test
    void variablesThatMeanNothingAreFound() {
        ConfigReader reader =
                reader(Map.of(P + "BACKEND", "qemu", P + "PROT", "1", "PROT", "2"), true);
        reader.read();

        assertThat(reader.unknown()).containsExactly(P + "PROT");
    }

    private static Config read(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.putIfAbsent(P + "BACKEND", "qemu");
        return reader(environment, true).read();
    }

    private static ConfigReader reader(Map<String, String> environment, boolean root) {
        return new ConfigReader(environment, root, Wiring.BACKENDS);
    }
}
