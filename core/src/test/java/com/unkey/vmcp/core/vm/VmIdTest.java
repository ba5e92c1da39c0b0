package com.unkey.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "web-1.eu_west", "9c5b94b1-35ad-49bb-b118-8e8fc24abf80"})
    void ordinaryNamesAreGood(String value) {
        assertThat(new VmId(value)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".hidden",
                "-flag",
                "_x",
                "a/b",
                "../../etc",
                "a b",
                "a\n",
                "a\0",
                "ä",
                "%2e"
            })
    void whatNoPathShouldHoldIsRefusedWithItsValue(String value) {
        assertThatThrownBy(() -> new VmId(value)).hasMessageContaining(value);
    }

    @Test
    void sixtyFourCharactersAreTheMost() {
        assertThat(VmId.isValid("a".repeat(64))).isTrue();
        assertThat(VmId.isValid("a".repeat(65))).isFalse();
    }
}
