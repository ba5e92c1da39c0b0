package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Options;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What {@code config.cpu.features} may ask for. */
record CpuOptions(Optional<Boolean> amx, Optional<Boolean> nested, Optional<Boolean> hyperv) {

    static CpuOptions read(Options options) {
        return new CpuOptions(
                options.flag("amx"), options.flag("nested"), options.flag("kvm_hyperv"));
    }

    void writeTo(ObjectNode cpus) {
        amx.ifPresent(on -> cpus.putObject("features").put("amx", on));
        nested.ifPresent(on -> cpus.put("nested", on));
        hyperv.ifPresent(on -> cpus.put("kvm_hyperv", on));
    }
}
