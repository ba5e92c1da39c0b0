package com.unkey.vmcp.core.vm;

/** What a call wants done to a VM. */
public enum Action {
    CREATE("CreateVm"),
    BOOT("BootVm"),
    PAUSE("PauseVm"),
    RESUME("ResumeVm"),
    REBOOT("RebootVm"),
    SHUTDOWN("ShutdownVm"),
    DELETE("DeleteVm");

    private final String call;

    Action(String call) {
        this.call = call;
    }

    /** Name of the RPC, for messages. */
    public String call() {
        return call;
    }
}
