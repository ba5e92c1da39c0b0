package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.backends.firecracker.JailSettings.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirecrackerVariablesTest {

    private static final String P = Variables.PREFIX;

    @TempDir Path directory;

    private final Map<String, String> jail = new HashMap<>();
    private RootsOwn rootsOwn = RootsOwn.BY_ID;
    private boolean root = true;

    @BeforeEach
    void askForAJail() throws IOException {
        int owner = (int) Files.getAttribute(directory, "unix:uid");
        rootsOwn = new RootsOwn(Set.copyOf(List.of(0, owner)));
        jail.put("FC_JAILER", "/opt/jailer");
        jail.put("FC_JAILER_UIDS", "10000-10999");
        jail.put("FC_JAILER_GIDS", "20000-20999");
        jail.put("FC_JAILER_CHROOT", directory.toString());
    }

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        FirecrackerSettings settings = read(Map.of()).settings(Path.of("/state/fc"));

        assertThat(settings)
                .isEqualTo(
                        new FirecrackerSettings(
                                Optional.empty(),
                                Optional.empty(),
                                Path.of("/tmp/firecracker.sock"),
                                false,
                                Path.of("/state/fc/kernels"),
                                Optional.empty()));
    }

    @Test
    void whatIsSetIsTaken() {
        FirecrackerVariables read =
                read(
                        Map.of(
                                "FC_BINARY", "/opt/firecracker",
                                "FC_ENDPOINT", "unix:///run/fc.sock",
                                "FC_ON_GUEST_RESET", "restart"));

        assertThat(read)
                .isEqualTo(
                        new FirecrackerVariables(
                                Optional.of(Path.of("/opt/firecracker")),
                                Optional.of(Path.of("/run/fc.sock")),
                                true,
                                Optional.empty()));
    }

    @Test
    void whatIsSetOfTheJailIsTaken() {
        jail.put("FC_JAILER_CGROUPS", "cpuset.cpus=0,2; cpu.max=50000 100000");
        jail.put("FC_JAILER_NETNS", "/run/netns/guests");

        assertThat(read(jail).jail())
                .contains(
                        new JailSettings(
                                Path.of("/opt/jailer"),
                                new IdRange(10_000, 10_999),
                                new IdRange(20_000, 20_999),
                                directory,
                                List.of("cpuset.cpus=0,2", "cpu.max=50000 100000"),
                                Optional.of(Path.of("/run/netns/guests"))));
    }

    @Test
    void oneIdIsARangeToo() {
        jail.put("FC_JAILER_GIDS", "36");

        assertThat(read(jail).jail()).map(JailSettings::gids).contains(new IdRange(36, 36));
    }

    @ParameterizedTest
    @CsvSource({
        "FC_BINARY, firecracker",
        "FC_ENDPOINT, unix://relative",
        "FC_ON_GUEST_RESET, reboot",
        "FC_JAILER, jailer",
        "FC_JAILER_UIDS, 10000-",
        "FC_JAILER_GIDS, 0",
        "FC_JAILER_UIDS, 0-999",
        "FC_JAILER_UIDS, 999-1",
        "FC_JAILER_UIDS, 1-2147483648",
        "FC_JAILER_GIDS, a-b",
        "FC_JAILER_CHROOT, srv",
        "FC_JAILER_CGROUPS, cpuset.cpus",
        "FC_JAILER_CGROUPS, cpu.shares=1;;cpuset.cpus=0",
        "FC_JAILER_CGROUPS, ../cpu.shares=1",
        "FC_JAILER_CGROUPS, cpu.shares=",
        "FC_JAILER_CGROUPS, io.max=8:16 rbps=1048576",
        "FC_JAILER_NETNS, guests"
    })
    void aValueThatDoesNotParseNamesVariableValueAndWhatIsAccepted(String name, String value) {
        jail.put(name, value);

        assertThat(errors(jail))
                .singleElement()
                .asString()
                .startsWith("%s%s: got \"%s\", accepted: ".formatted(P, name, value));
    }

    @ParameterizedTest
    @CsvSource({
        "FC_JAILER_UIDS, 1-2",
        "FC_JAILER_GIDS, 1-2",
        "FC_JAILER_CHROOT, /srv/jailer",
        "FC_JAILER_CGROUPS, cpu.shares=1",
        "FC_JAILER_NETNS, /run/netns/a"
    })
    void settingsOfAJailNeedTheJailer(String name, String value) {
        assertThat(errors(Map.of(name, value)))
                .containsExactly(
                        "%s%s: got \"%s\", needs %sFC_JAILER".formatted(P, name, value, P));
    }

    @Test
    void aJailerNeedsIdsToGiveOut() {
        jail.remove("FC_JAILER_UIDS");
        jail.remove("FC_JAILER_GIDS");

        assertThat(errors(jail))
                .containsExactly(
                        P
                                + "FC_JAILER: got \"/opt/jailer\", needs UNKEY_VMCP_FC_JAILER_UIDS"
                                + " and UNKEY_VMCP_FC_JAILER_GIDS");
    }

    @Test
    void aJailerNeedsRoot() {
        root = false;

        assertThat(errors(jail))
                .containsExactly(
                        P + "FC_JAILER: got \"/opt/jailer\", needs a daemon that runs as root");
    }

    @Test
    void aJailIsNotPromisedToOneThatSomebodyElseStarted() {
        jail.put("FC_ENDPOINT", "/run/fc.sock");

        assertThat(errors(jail))
                .singleElement()
                .asString()
                .startsWith(P + "FC_ENDPOINT: got \"/run/fc.sock\", ")
                .contains(P + "FC_JAILER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jails", "jails/more"})
    void whatRootAloneMayWriteCanHoldJailsEvenIfItIsYetToBeMade(String below) {
        jail.put("FC_JAILER_CHROOT", directory.resolve(below).toString());

        assertThat(errors(jail)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "missing", "missing/more"})
    void whatOthersMayWriteIsRefused(String below) throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setAttribute(open, "unix:mode", 01777);
        jail.put("FC_JAILER_CHROOT", open.resolve(below).toString());

        assertThat(errors(jail))
                .containsExactly(
                        "%sFC_JAILER_CHROOT: %s: %s may be written by others (1777), must be by root alone"
                                .formatted(P, open.resolve(below), open));
    }

    @Test
    void whatOthersMayMoveAwayIsRefused() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Path jails = Files.createDirectory(open.resolve("jails"));
        Files.setAttribute(open, "unix:mode", 0777);
        jail.put("FC_JAILER_CHROOT", jails.toString());

        assertThat(errors(jail)).singleElement().asString().contains(open + " may be written");
    }

    @Test
    void whatIsRootsInAStickyDirectoryIsRoots() throws IOException {
        Path sticky = Files.createDirectory(directory.resolve("sticky"));
        Path jails = Files.createDirectory(sticky.resolve("jails"));
        Files.setAttribute(sticky, "unix:mode", 01777);
        jail.put("FC_JAILER_CHROOT", jails.toString());

        assertThat(errors(jail)).isEmpty();
    }

    @Test
    void whatIsSomebodyElsesIsRefused() {
        rootsOwn = new RootsOwn(Set.of(-1));

        assertThat(errors(jail))
                .singleElement()
                .asString()
                .startsWith(
                        "%sFC_JAILER_CHROOT: %s: %s belongs to user "
                                .formatted(P, directory, directory));
    }

    @Test
    void aFileHoldsNoJails() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        jail.put("FC_JAILER_CHROOT", file.toString());

        assertThat(errors(jail)).singleElement().asString().endsWith(file + " is no directory");
    }

    private FirecrackerVariables read(Map<String, String> set) {
        Variables variables = Variables.of(set);
        FirecrackerVariables read = read(variables);
        assertThat(variables.errors()).isEmpty();
        return read;
    }

    private List<String> errors(Map<String, String> set) {
        Variables variables = Variables.of(set);
        read(variables);
        return variables.errors();
    }

    private FirecrackerVariables read(Variables variables) {
        return FirecrackerVariables.read(variables, new JailVariables(root, rootsOwn));
    }
}
