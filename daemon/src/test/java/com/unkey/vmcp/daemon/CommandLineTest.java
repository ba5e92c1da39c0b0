package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("UNKEY_VMCP_CH_ENDPOINT", "unix:///from/environment");

    @Test
    void nothingServes() {
        assertThat(parse()).isEqualTo(new CommandLine.Serve(ENVIRONMENT));
    }

    @Test
    void socketOverridesTheEndpoint() {
        CommandLine.Serve overridden =
                new CommandLine.Serve(Map.of("UNKEY_VMCP_CH_ENDPOINT", "/run/ch.sock"));

        assertThat(parse("-socket", "/run/ch.sock")).isEqualTo(overridden);
        assertThat(parse("--socket=/run/ch.sock")).isEqualTo(overridden);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-help", "--help", "-h"})
    void helpNamesEveryFlag(String flag) {
        assertThat(parse(flag))
                .isInstanceOfSatisfying(
                        CommandLine.Print.class,
                        print ->
                                assertThat(print.text())
                                        .contains("-socket PATH", "-help", "-version"));
    }

    @Test
    void versionIsOneLine() {
        assertThat(parse("-version"))
                .isEqualTo(new CommandLine.Print("vmm-controlplane " + Version.current() + "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-prot", "serve", "-", ""})
    void whatIsNoFlagIsNamed(String argument) {
        assertThat(parse(argument))
                .isInstanceOfSatisfying(
                        CommandLine.Wrong.class,
                        wrong -> assertThat(wrong.message()).endsWith(": " + argument));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-socket", "-socket="})
    void socketNeedsAPath(String flag) {
        assertThat(parse(flag)).isInstanceOf(CommandLine.Wrong.class);
    }

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(List.of(arguments), ENVIRONMENT);
    }
}
