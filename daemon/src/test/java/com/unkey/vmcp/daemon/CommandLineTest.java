package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.config.Flag;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("UNKEY_VMCP_CH_ENDPOINT", "unix:///from/environment");
    private static final List<Flag> FLAGS =
            Wiring.BACKENDS.stream().flatMap(backend -> backend.flags().stream()).toList();

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
    void helpSaysWhatAFlagSets() {
        assertThat(parse("-help"))
                .isEqualTo(
                        new CommandLine.Print(
                                """
                                Usage: vmm-controlplane [-socket PATH] [-help] [-version]

                                  -socket PATH  Cloud Hypervisor API socket; overrides UNKEY_VMCP_CH_ENDPOINT
                                  -help         print this and exit
                                  -version      print the version and exit

                                Everything else is set by UNKEY_VMCP_* variables; the README lists them.
                                """));
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
                        wrong ->
                                assertThat(wrong.message())
                                        .contains("not defined: " + argument + "\nUsage: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-socket", "-socket="})
    void socketNeedsAPath(String flag) {
        assertThat(parse(flag)).isInstanceOf(CommandLine.Wrong.class);
    }

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(List.of(arguments), ENVIRONMENT, FLAGS);
    }
}
