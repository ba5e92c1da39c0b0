package com.unkey.vmcp.e2e;

/** QEMUs outlive the daemon. */
class RestartTest extends RestartContract {

    RestartTest() {
        super(Backend.QEMU);
    }
}
