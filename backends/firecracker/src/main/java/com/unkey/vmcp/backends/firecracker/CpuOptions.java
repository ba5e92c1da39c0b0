package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import java.util.List;
import java.util.Optional;

/**
 * What {@code config.cpu.features} may ask for.
 *
 * @param template by which Firecracker makes CPUs of several kinds look alike
 */
record CpuOptions(Optional<String> template) {

    private static final List<String> TEMPLATES = List.of("C3", "T2", "T2S", "T2CL", "T2A", "None");

    static CpuOptions read(Options options) {
        return new CpuOptions(options.choice("cpu_template", TEMPLATES));
    }
}
