package com.unkey.vmcp.core.port;

/** What became of a VMM that was launched before. */
public sealed interface Adoption {

    /** Its process lives and is ours again. */
    record Living(Vmm vmm) implements Adoption {}

    /** Its process is gone. */
    record Dead(String reason) implements Adoption {}
}
