package com.unkey.vmcp.e2e;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;

/** A rig for each backend whose program is a real one: a kill is a matter of real processes. */
final class KillRigs implements AutoCloseable {

    private final List<KillRig> rigs =
            Stream.of(Backend.QEMU, Backend.CLOUD_HYPERVISOR, Backend.FIRECRACKER)
                    .map(KillRig::new)
                    .toList();

    Stream<DynamicContainer> tests(Stream<KillCase> cases) {
        List<KillCase> all = cases.toList();
        return rigs.stream().map(rig -> rig.tests(all));
    }

    @Override
    public void close() {
        rigs.forEach(KillRig::close);
    }
}
