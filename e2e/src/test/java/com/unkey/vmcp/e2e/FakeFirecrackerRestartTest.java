package com.unkey.vmcp.e2e;

/** What behaves as Firecracker outlives the daemon. */
class FakeFirecrackerRestartTest extends RestartContract {

    FakeFirecrackerRestartTest() {
        super(Backend.FAKE_FIRECRACKER);
    }
}
