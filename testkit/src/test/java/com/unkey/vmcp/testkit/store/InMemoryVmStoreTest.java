package com.unkey.vmcp.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.VmStore;
import org.junit.jupiter.api.Test;

class InMemoryVmStoreTest extends VmStoreContract {

    private InMemoryVmStore store = new InMemoryVmStore();

    @Override
    protected VmStore open() {
        return store;
    }

    @Override
    protected VmStore reopen() {
        store = store.crash();
        return store;
    }

    @Test
    void failsAsManyWritesAsItWasTold() {
        VmFailure full = new VmFailure.LimitReached("the disk is full");
        store.failNextWrites(2, full);

        assertRefuses(full);
        assertRefuses(full);
        store.insert(SampleRecords.numbered(1));

        assertThat(store.writes()).isEqualTo(1);
        assertThat(store.durable().records()).containsExactly(SampleRecords.numbered(1));
    }

    @Test
    void crashKeepsWhatWasWrittenAndLetsNothingMoreIn() {
        store.insert(SampleRecords.numbered(1));

        InMemoryVmStore next = store.crash();

        assertRefuses(new VmFailure.Unavailable("the store is closed"));
        assertThat(next.load().records()).containsExactly(SampleRecords.numbered(1));
        assertThat(next.load().secret().bytes()).isEqualTo(store.durable().secret().bytes());
    }

    private void assertRefuses(VmFailure failure) {
        assertThatThrownBy(() -> store.insert(SampleRecords.numbered(1)))
                .isInstanceOfSatisfying(
                        VmException.class, e -> assertThat(e.failure()).isEqualTo(failure));
    }
}
