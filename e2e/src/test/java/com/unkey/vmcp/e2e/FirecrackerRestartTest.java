package com.unkey.vmcp.e2e;

/** Firecrackers outlive the daemon. */
class FirecrackerRestartTest extends RestartContract {

    FirecrackerRestartTest() {
        super(Backend.FIRECRACKER);
    }
}
