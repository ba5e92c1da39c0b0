package com.unkey.vmcp.e2e;

/** Cloud Hypervisors outlive the daemon. */
class CloudHypervisorRestartTest extends RestartContract {

    CloudHypervisorRestartTest() {
        super(Backend.CLOUD_HYPERVISOR);
    }
}
