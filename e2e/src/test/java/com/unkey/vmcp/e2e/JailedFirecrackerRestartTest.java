package com.unkey.vmcp.e2e;

/** Firecrackers in jails outlive the daemon as well. */
class JailedFirecrackerRestartTest extends RestartContract {

    JailedFirecrackerRestartTest() {
        super(Backend.JAILED_FIRECRACKER);
    }
}
