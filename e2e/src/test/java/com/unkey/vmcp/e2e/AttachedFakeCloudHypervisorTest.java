package com.unkey.vmcp.e2e;

/** Attached to what behaves as Cloud Hypervisor. */
class AttachedFakeCloudHypervisorTest extends AttachedContract {

    AttachedFakeCloudHypervisorTest() {
        super(Backend.FAKE_CLOUD_HYPERVISOR);
    }
}
