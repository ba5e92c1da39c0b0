package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.VmState;
import com.unkey.vmcp.core.vm.VmState.Kind;
import java.util.Optional;

/** States of the API and of the core. */
final class States {

    private States() {}

    static VmState write(Kind kind) {
        return switch (kind) {
            case CREATED -> VmState.VM_STATE_CREATED;
            case RUNNING -> VmState.VM_STATE_RUNNING;
            case PAUSED -> VmState.VM_STATE_PAUSED;
            case SHUTDOWN -> VmState.VM_STATE_SHUTDOWN;
        };
    }

    /** Empty for what is no state of a VM. */
    static Optional<Kind> read(VmState state) {
        return switch (state) {
            case VM_STATE_CREATED -> Optional.of(Kind.CREATED);
            case VM_STATE_RUNNING -> Optional.of(Kind.RUNNING);
            case VM_STATE_PAUSED -> Optional.of(Kind.PAUSED);
            case VM_STATE_SHUTDOWN -> Optional.of(Kind.SHUTDOWN);
            case VM_STATE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }
}
