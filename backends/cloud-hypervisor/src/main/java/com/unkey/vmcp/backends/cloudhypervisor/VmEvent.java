package com.unkey.vmcp.backends.cloudhypervisor;

/** Something that the VMM told unasked: {@code vm shutdown}, {@code guest panic}. */
record VmEvent(String source, String name) {

    static final VmEvent VM_SHUTDOWN = new VmEvent("vm", "shutdown");
    static final VmEvent VMM_SHUTDOWN = new VmEvent("vmm", "shutdown");

    @Override
    public String toString() {
        return source + " " + name;
    }
}
