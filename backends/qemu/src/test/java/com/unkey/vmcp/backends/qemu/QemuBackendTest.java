package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.backends.qemu.accel.AccelSetting;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QemuBackendTest {

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        assertThat(setup(Map.of()))
                .isEqualTo(new QemuBackend.Setup(Optional.empty(), Machine.Q35, AccelSetting.AUTO));
    }

    @Test
    void whatIsSetIsTaken() {
        Map<String, String> set =
                Map.of(
                        "QEMU_BINARY", "/opt/qemu", //
                        "QEMU_MACHINE", "microvm",
                        "QEMU_ACCEL", "tcg");

        assertThat(setup(set))
                .isEqualTo(
                        new QemuBackend.Setup(
                                Optional.of(Path.of("/opt/qemu")),
                                Machine.MICROVM,
                                AccelSetting.TCG));
    }

    private static QemuBackend.Setup setup(Map<String, String> set) {
        return QemuBackend.Setup.read(Variables.of(set));
    }
}
