package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import java.util.List;
import java.util.Optional;

/** What {@code config.memory.backing} may ask for. */
record MemoryOptions(boolean hugepages) {

    /** The only size that Firecracker has. */
    static final String HUGEPAGE = "2M";

    static final long HUGEPAGE_BYTES = 2L << 20;

    static MemoryOptions read(Options options) {
        boolean hugepages = options.flag("hugepages").orElse(false);
        Optional<String> size = options.choice("hugepage_size", List.of(HUGEPAGE));
        options.refuseIf(
                size.isPresent() && !hugepages, "hugepage_size", "needs hugepages=on as well");
        return new MemoryOptions(hugepages);
    }
}
