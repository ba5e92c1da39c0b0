package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Looks at the failure that a call ends with. */
final class Refused {

    private Refused() {}

    static org.assertj.core.api.AbstractStringAssert<?> assertFailure(
            ThrowingCallable call, Class<? extends VmFailure> kind) {
        return assertThat(failure(call, kind).message());
    }

    static VmFailure failure(ThrowingCallable call, Class<? extends VmFailure> kind) {
        VmException[] caught = new VmException[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(VmException.class, e -> caught[0] = e);
        assertThat(caught[0].failure()).isInstanceOf(kind);
        return caught[0].failure();
    }
}
