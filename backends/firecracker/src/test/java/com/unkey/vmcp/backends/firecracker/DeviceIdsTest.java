package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeviceIdsTest {

    private static List<String> names(String... ids) {
        List<Disk> disks =
                Stream.of(ids).map(id -> new Disk(id, "/d", false, false, "", Map.of())).toList();
        return DeviceIds.of(new Devices(disks, List.of(), Optional.empty())).disks();
    }

    @Test
    void idsThatFitAreKept() {
        assertThat(names("rootfs", "data_1", "A9")).containsExactly("rootfs", "data_1", "A9");
    }

    @Test
    void othersAreTranslatedAndNeverMeet() {
        assertThat(names("a-b", "a.b", "a_b", "a_b_2", "é"))
                .containsExactly("a_b_3", "a_b_4", "a_b", "a_b_2", "_")
                .doesNotHaveDuplicates();
    }

    @Test
    void longAndEmptyOnesGetAName() {
        String longId = "x".repeat(100);
        assertThat(names(longId, longId + "y", "", ""))
                .containsExactly("x".repeat(48), "x".repeat(48) + "_2", "device", "device_2");
    }

    @Test
    void idsThatFitAndAreGivenTwiceAreTwoAllTheSame() {
        assertThat(names("a", "a")).containsExactly("a", "a_2");
    }
}
