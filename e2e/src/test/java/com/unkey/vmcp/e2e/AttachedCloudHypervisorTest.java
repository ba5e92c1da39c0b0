package com.unkey.vmcp.e2e;

/** Attached to a real Cloud Hypervisor. */
class AttachedCloudHypervisorTest extends AttachedContract {

    AttachedCloudHypervisorTest() {
        super(Backend.CLOUD_HYPERVISOR);
    }
}
