package com.unkey.vmcp.backends.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRequestTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "api", "/a b", "/a\r\nHost: b", "/ä"})
    void aPathThatWouldBreakTheRequestLineIsRefused(String path) {
        assertThatThrownBy(() -> HttpRequest.get(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(path);
    }

    @Test
    void anEmptyBodyIsNone() {
        assertThat(HttpRequest.put("/a", "")).isEqualTo(HttpRequest.put("/a"));
        assertThat(HttpRequest.patch("/a", "{}").body()).contains("{}");
    }

    @Test
    void isNamedByMethodAndPath() {
        assertThat(HttpRequest.delete("/a")).hasToString("DELETE /a");
    }
}
