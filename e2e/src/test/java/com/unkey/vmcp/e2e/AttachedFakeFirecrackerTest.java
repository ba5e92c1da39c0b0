package com.unkey.vmcp.e2e;

/** Attached to what behaves as Firecracker. */
class AttachedFakeFirecrackerTest extends AttachedFirecrackerContract {

    AttachedFakeFirecrackerTest() {
        super(Backend.FAKE_FIRECRACKER);
    }
}
