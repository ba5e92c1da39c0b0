package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The disks of a guest, before a VMM is told of them. */
public final class GuestDisks {

    /** What {@code options.format} may say: the formats that the daemon tells apart. */
    public static final OptionValues FORMATS =
            new OptionValues.Choice(Stream.of(DiskFormat.values()).map(DiskFormat::label).toList());

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
