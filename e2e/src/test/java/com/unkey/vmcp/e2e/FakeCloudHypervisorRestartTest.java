package com.unkey.vmcp.e2e;

/** What behaves as Cloud Hypervisor outlives the daemon. */
class FakeCloudHypervisorRestartTest extends RestartContract {

    FakeCloudHypervisorRestartTest() {
        super(Backend.FAKE_CLOUD_HYPERVISOR);
    }
}
