package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The order in which a guest gets its disks. */
public final class GuestDisks {

    private GuestDisks() {}

    /**
     * Places in the spec: the root disk comes first, so that the guest finds it as its first one,
     * the others as they stand.
     */
    public static List<Integer> order(List<Disk> disks) {
        return IntStream.range(0, disks.size())
                .boxed()
                .sorted(
                        Collections.reverseOrder(
                                (a, b) ->
                                        Boolean.compare(disks.get(a).root(), disks.get(b).root())))
                .toList();
    }
}
