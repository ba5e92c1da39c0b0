package com.unkey.vmcp.backends.qemu.accel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccelSettingTest {
    @ParameterizedTest
    @EnumSource(AccelSetting.class)
    void readsWhatItWrites(AccelSetting setting) {
        assertThat(AccelSetting.parse(setting.text())).isEqualTo(setting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KVM", "hax", " auto"})
    void refusesOtherWordsAndListsItsOwn(String text) {
        assertThatThrownBy(() -> AccelSetting.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"")
                .hasMessageContaining("auto, kvm, tcg");
    }

    @Test
    void acceleratorsNameTheirCpuModel() {
        assertThat(Accelerator.KVM.arguments()).containsExactly("-accel", "kvm", "-cpu", "host");
        assertThat(Accelerator.TCG.arguments()).containsExactly("-accel", "tcg", "-cpu", "max");
    }
}
