package com.unkey.vmcp.core.control;

import java.time.Duration;

/** Every bound of the control plane, in one place. */
final class Limits {

    /** Mutations that may wait for one VM. */
    static final int MAILBOX = 32;

    /** How long a graceful RebootVm waits for the guest to power off. */
    static final Duration REBOOT_WAIT = Duration.ofSeconds(30);

    /** How long a guest has to heed its power button before it is pressed again. */
    static final Duration PRESS_AGAIN = Duration.ofSeconds(3);

    /** A sample this old is asked for anew. */
    static final Duration SAMPLE_AGE = Duration.ofSeconds(1);

    /** How long a caller waits for a new sample before it is given the older one. */
    static final Duration SAMPLE_WAIT = Duration.ofMillis(100);

    /** How soon a VM is looked at again whose outcome could not be recorded or observed. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** How long a start waits for VMMs to be taken over; slower ones follow in the background. */
    static final Duration ADOPTION = Duration.ofSeconds(5);

    /**
     * How long a start waits for a look into VMMs of others that its VMs do not depend on. One that
     * answers does so in a few milliseconds; a slower look goes on in the background.
     */
    static final Duration GLANCE = Duration.ofMillis(500);

    /** How long a stop waits for operations that are under way. */
    static final Duration STOP = Duration.ofSeconds(10);

    private Limits() {}
}
