package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.port.VmStore.Secret;
import com.unkey.vmcp.core.vm.VmState.Kind;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTokensTest {

    private static final Set<Kind> ALL = Set.of();

    private final PageTokens tokens = new PageTokens(new Secret(new byte[] {1, 2, 3}));

    @Test
    void aTokenGivesBackItsSequence() {
        assertThat(tokens.sequence(tokens.after(77, ALL), ALL)).isEqualTo(77);
    }

    @Test
    void noTokenIsTheBeginning() {
        assertThat(tokens.sequence("", ALL)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "AAAA", "not base64!", "AAAAAAAAAE0AAAAAAAAAAAAAAAAAAAAAAA"})
    void forgedTokensAreRefusedWithTheirValue(String token) {
        assertThatThrownBy(() -> tokens.sequence(token, ALL))
                .hasMessageContaining("page_token")
                .hasMessageContaining(token);
    }

    @Test
    void anotherStoresTokenIsRefused() {
        String foreign = new PageTokens(new Secret(new byte[] {9})).after(1, ALL);

        assertThatThrownBy(() -> tokens.sequence(foreign, ALL)).hasMessageContaining("page_token");
    }

    @Test
    void aTokenOfAnotherFilterIsRefused() {
        String token = tokens.after(1, Set.of(Kind.RUNNING));

        assertThatThrownBy(() -> tokens.sequence(token, Set.of(Kind.PAUSED)))
                .hasMessageContaining("page_token");
        assertThat(tokens.sequence(token, Set.of(Kind.RUNNING))).isOne();
    }
}
