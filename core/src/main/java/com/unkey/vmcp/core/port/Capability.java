package com.unkey.vmcp.core.port;

/** What a backend may or may not be able to do to a VM. */
public enum Capability {
    /** PauseVm and ResumeVm. */
    PAUSE,
    /** Asking the guest to power itself off: graceful ShutdownVm and RebootVm. */
    POWER_BUTTON,
    /** RebootVm. */
    REBOOT,
    /** Disks in qcow2 format. */
    QCOW2
}
