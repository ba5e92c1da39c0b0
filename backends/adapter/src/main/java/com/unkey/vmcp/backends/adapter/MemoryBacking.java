package com.unkey.vmcp.backends.adapter;

import java.util.List;
import java.util.Optional;

/** What {@code config.memory.backing} may ask of every backend that has a choice there. */
public record MemoryBacking(
        boolean shared, boolean prefault, boolean hugepages, Optional<String> hugepageSize) {

    public static MemoryBacking read(Options options) {
        MemoryBacking read =
                new MemoryBacking(
                        options.flag("shared").orElse(false),
                        options.flag("prefault").orElse(false),
                        options.flag("hugepages").orElse(false),
                        options.choice("hugepage_size", List.of("2M", "1G")));
        options.refuseIf(
                read.hugepageSize.isPresent() && !read.hugepages,
                "hugepage_size",
                "needs hugepages=on as well");
        return read;
    }

    /** Whether nothing is asked for. */
    public boolean ordinary() {
        return !shared && !prefault && !hugepages;
    }
}
