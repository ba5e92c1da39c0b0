package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs that a daemon with other settings housed. */
class ConfiguredHousingTest {

    private static final JailSettings.IdRange IDS = new JailSettings.IdRange(500, 509);

    @TempDir Path root;
    private StateDirectory state;
    private LinuxProcessHost host;
    private LaunchPlan vm;
    private ShortId id;
    private JailDirectory jail;

    @BeforeEach
    void open() {
        state = StateDirectory.open(root.resolve("state"), Firecracker.SOCKET_NAME);
        host = LinuxProcessHost.open(state, 1 << 20, () -> {});
        vm = Vms.of(root.resolve("kernel")).plan();
        id = vm.shortId();
        host.makeRunDirectory(id);
        jail = new JailDirectory(root.resolve("former/firecracker").resolve(id.value()));
    }

    @AfterEach
    void close() {
        host.discard(id);
        host.close();
        state.close();
    }

    @Test
    void findsAJailWhereNewProcessesStandBare() {
        jailedBefore();
        assertThat(bare().find(id).socket())
                .isEqualTo(host.runDirectory(id).resolve("jail/fc.sock"));
        assertThat(bare().find(id).inside().apply(Path.of("/disk")))
                .isEqualTo(Path.of("/guest-files/disk"));
    }

    @Test
    void findsABareProcessWhereNewOnesAreJailed() {
        assertThat(jailing().find(id).socket()).isEqualTo(host.runDirectory(id).resolve("fc.sock"));
        jailing().settled(id);
    }

    @Test
    void removesTheJailOfAVmWhoseNextProcessStandsBare() {
        jailedBefore();
        Place place = bare().furnish(vm, List.of(), List.of());
        assertThat(place.enclosure()).isEmpty();
        assertThat(place.command().getFirst()).isEqualTo("/fc");
        assertThat(jail.path()).doesNotExist();
        assertThat(bare().find(id).socket()).isEqualTo(place.socket());
    }

    @Test
    void removesJailsMadeBelowAnotherDirectory() {
        jailedBefore();
        jailing().clear(id);
        assertThat(jail.path()).doesNotExist();
        assertThat(JailNote.load(host.runDirectory(id))).isEmpty();
        jailing().clear(id);
    }

    @Test
    void removesJailsThatNobodyNoted() {
        JailDirectory stray =
                new JailDirectory(root.resolve("jails/some-program").resolve(id.value()));
        stray.make();
        jailing().clear(id);
        assertThat(stray.path()).doesNotExist();
        assertThat(root.resolve("jails/some-program")).isEmptyDirectory();
    }

    @Test
    void tellsWordsOfAJailWithTheNamesOfTheHost() {
        jailedBefore();
        assertThat(bare().find(id).outside().apply("no such file: /guest-files/images/a.raw"))
                .isEqualTo("no such file: /images/a.raw");
    }

    private void jailedBefore() {
        jail.make();
        new JailNote(new JailIds.Ids(500, 500), jail.path()).save(host.runDirectory(id));
        assertThat(Files.isDirectory(jail.root())).isTrue();
    }

    private Housing bare() {
        return ConfiguredHousing.of(Optional.empty(), () -> Path.of("/fc"), host);
    }

    private Housing jailing() {
        JailSettings settings =
                new JailSettings(
                        Path.of("/jailer"),
                        IDS,
                        IDS,
                        root.resolve("jails"),
                        List.of(),
                        Optional.empty());
        return ConfiguredHousing.of(Optional.of(settings), () -> Path.of("/fc"), host);
    }
}
