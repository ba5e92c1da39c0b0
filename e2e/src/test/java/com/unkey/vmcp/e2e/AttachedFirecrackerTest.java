package com.unkey.vmcp.e2e;

/** Attached to a real Firecracker. */
class AttachedFirecrackerTest extends AttachedFirecrackerContract {

    AttachedFirecrackerTest() {
        super(Backend.FIRECRACKER);
    }
}
