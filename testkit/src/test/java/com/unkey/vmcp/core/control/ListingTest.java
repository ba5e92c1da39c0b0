package com.unkey.vmcp.core.control;

import static com.unkey.vmcp.core.control.Refused.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.VmState.Kind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages of VMs. */
class ListingTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void listsGoPageByPageInOrderOfCreationOverInsertsAndDeletes() {
        for (int i = 0; i < 5; i++) {
            rig.create("vm" + i);
        }
        VmPage first = rig.plane.list(new ListQuery(Set.of(), 2, ""));
        rig.run("vm1", Action.DELETE);
        rig.run("vm2", Action.DELETE);
        rig.create("vm5");
        VmPage second = rig.plane.list(new ListQuery(Set.of(), 2, first.nextPageToken()));
        VmPage third = rig.plane.list(new ListQuery(Set.of(), 2, second.nextPageToken()));

        assertThat(ids(first)).containsExactly("vm0", "vm1");
        assertThat(first.totalCount()).isEqualTo(5);
        assertThat(ids(second)).containsExactly("vm3", "vm4");
        assertThat(ids(third)).containsExactly("vm5");
        assertThat(third.nextPageToken()).isEmpty();
    }

    @Test
    void listsAreFilteredByState() {
        rig.create("a");
        rig.createAndBoot("b");

        VmPage page = rig.plane.list(new ListQuery(Set.of(Kind.RUNNING), 0, ""));

        assertThat(ids(page)).containsExactly("b");
        assertThat(page.totalCount()).isOne();
    }

    @Test
    void pageSizesOutOfRangeAreRefused() {
        for (int size : new int[] {-1, 1001}) {
            assertFailure(
                            () -> rig.plane.list(new ListQuery(Set.of(), size, "")),
                            VmFailure.Invalid.class)
                    .contains("page_size", "" + size);
        }
    }

    private static List<String> ids(VmPage page) {
        return page.vms().stream().map(record -> record.id().value()).toList();
    }
}
