package com.unkey.vmcp.backends.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownVersionsTest {

    private static final VmmVersion OLDEST = new VmmVersion(52, 0);
    private static final KnownVersions VERSIONS =
            new KnownVersions("the VMM", OLDEST, new VmmVersion(53, 0));

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
        assertThat(VERSIONS.require(text)).hasToString(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v51.2", "v38.0", "0.9"})
    void refusesWhatIsTooOldAndSaysWhatIsNot(String text) {
        assertThatThrownBy(() -> VERSIONS.require(text))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class))
                .hasMessageContaining("too old")
                .hasMessageContaining("52.0 is the oldest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "v", "v53", "1234567.0"})
    void refusesWhatIsNoVersion(String text) {
        assertThatThrownBy(() -> VERSIONS.require(text))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void minorsCountWithinAMajor() {
        assertThat(new VmmVersion(52, 1)).isGreaterThan(OLDEST);
        assertThat(new VmmVersion(53, 0)).isGreaterThan(new VmmVersion(52, 9));
    }
}
