package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JailIdsTest {

    private static final ShortId FIRST = new ShortId("first00000");
    private static final ShortId SECOND = new ShortId("second0000");
    private static final ShortId THIRD = new ShortId("third00000");

    @TempDir Path root;
    private StateDirectory state;
    private LinuxProcessHost host;

    @BeforeEach
    void open() {
        state = StateDirectory.open(root.resolve("state"), "jail/fc.sock");
        host = LinuxProcessHost.open(state, 1 << 20, () -> {});
    }

    @AfterEach
    void close() {
        host.close();
        state.close();
    }

    @Test
    void givesEachVmItsOwn() {
        JailIds ids = ids(500, 509, 600, 609);
        assertThat(ids.of(FIRST)).isEqualTo(new JailIds.Ids(500, 600));
        assertThat(ids.of(SECOND)).isEqualTo(new JailIds.Ids(501, 601));
        assertThat(ids.of(FIRST)).isEqualTo(new JailIds.Ids(500, 600));
    }

    @Test
    void sharesASingleGroup() {
        JailIds ids = ids(500, 509, 600, 600);
        assertThat(ids.of(FIRST)).isEqualTo(new JailIds.Ids(500, 600));
        assertThat(ids.of(SECOND)).isEqualTo(new JailIds.Ids(501, 600));
    }

    @Test
    void givesNoneWhereAllAreTaken() {
        for (JailIds ids : List.of(ids(500, 501, 600, 609), ids(500, 509, 600, 601))) {
            ids.of(FIRST);
            ids.of(SECOND);
            assertThatThrownBy(() -> ids.of(THIRD))
                    .isInstanceOfSatisfying(
                            VmException.class,
                            e -> assertThat(e.failure()).isInstanceOf(VmFailure.LimitReached.class))
                    .hasMessageContaining("2 ids of UNKEY_VMCP_FC_JAILER_");
            ids.free(SECOND);
            assertThat(ids.of(THIRD)).isEqualTo(new JailIds.Ids(501, 601));
        }
    }

    @Test
    void knowsWhatADaemonBeforeGave() {
        note(FIRST, new JailIds.Ids(500, 603));
        note(SECOND, new JailIds.Ids(9000, 600));
        JailIds ids = ids(500, 509, 600, 609);
        assertThat(ids.of(THIRD)).isEqualTo(new JailIds.Ids(501, 601));
        assertThat(ids.of(SECOND)).isEqualTo(new JailIds.Ids(9000, 600));
        assertThat(ids.of(FIRST)).isEqualTo(new JailIds.Ids(500, 603));
    }

    private void note(ShortId id, JailIds.Ids given) {
        host.makeRunDirectory(id);
        new JailNote(given, root.resolve("a jail")).save(host.runDirectory(id));
        assertThat(JailNote.load(host.runDirectory(id)))
                .hasValue(new JailNote(given, root.resolve("a jail")));
    }

    private JailIds ids(int firstUid, int lastUid, int firstGid, int lastGid) {
        return new JailIds(
                new JailSettings(
                        Path.of("/jailer"),
                        new JailSettings.IdRange(firstUid, lastUid),
                        new JailSettings.IdRange(firstGid, lastGid),
                        root,
                        List.of(),
                        Optional.empty()),
                host);
    }
}
