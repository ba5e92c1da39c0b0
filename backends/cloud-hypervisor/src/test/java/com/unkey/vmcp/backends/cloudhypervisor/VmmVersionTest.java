package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VmmVersionTest {

    @ParameterizedTest
    @CsvSource({
        "v53.0, 53.0",
        "53.0.0, 53.0",
        "v52.0, 52.0",
        "v53.0-12-gabcdef0-dirty, 53.0",
        "v54.1, 54.1",
        "v120.0, 120.0"
    })
    void readsWhatReleasesAndBuildsTell(String text, String version) {
        assertThat(VmmVersion.require(text)).hasToString(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v51.2", "v38.0", "0.9"})
    void refusesWhatIsTooOldAndSaysWhatIsNot(String text) {
        assertThatThrownBy(() -> VmmVersion.require(text))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class))
                .hasMessageContaining("too old")
                .hasMessageContaining("52.0 is the oldest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "v", "v53", "1234567.0"})
    void refusesWhatIsNoVersion(String text) {
        assertThatThrownBy(() -> VmmVersion.require(text))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void minorsCountWithinAMajor() {
        assertThat(new VmmVersion(52, 1)).isGreaterThan(VmmVersion.OLDEST);
        assertThat(new VmmVersion(53, 0)).isGreaterThan(new VmmVersion(52, 9));
    }
}
