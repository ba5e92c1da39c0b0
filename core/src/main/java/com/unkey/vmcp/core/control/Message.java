package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;

/** What an actor gets to do next. */
sealed interface Message {

    /** A mutation that somebody asked for; {@code patience} bounds its graceful wait. */
    record Call(Operation operation, Duration patience, Reply<VmState.Kind> reply)
            implements Message {}

    /** Something may have changed, or it is time to try again: look. */
    record Look() implements Message {}

    /** The daemon stops. */
    record Stop() implements Message {}
}
