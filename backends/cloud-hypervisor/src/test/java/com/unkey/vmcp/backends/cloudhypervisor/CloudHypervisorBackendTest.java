package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.config.Variables;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudHypervisorBackendTest {

    private static final Path DEFAULT_ENDPOINT = Path.of("/tmp/ch.sock");

    @Test
    void withoutVariablesThereIsTheDefaultEndpointAlone() {
        CloudHypervisorSettings bare =
                new CloudHypervisorSettings(Optional.empty(), Optional.empty(), DEFAULT_ENDPOINT);

        assertThat(settings(Map.of())).isEqualTo(bare);
        assertThat(settings(Map.of("CH_ENDPOINT", ""))).isEqualTo(bare);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:///run/ch.sock", "/run/ch.sock"})
    void anEndpointIsAPathWithOrWithoutAScheme(String given) {
        assertThat(settings(Map.of("CH_ENDPOINT", given, "CH_BINARY", "/opt/ch")))
                .isEqualTo(
                        new CloudHypervisorSettings(
                                Optional.of(Path.of("/opt/ch")),
                                Optional.of(Path.of("/run/ch.sock")),
                                DEFAULT_ENDPOINT));
    }

    private static CloudHypervisorSettings settings(Map<String, String> set) {
        return CloudHypervisorBackend.settings(Variables.of(set));
    }
}
