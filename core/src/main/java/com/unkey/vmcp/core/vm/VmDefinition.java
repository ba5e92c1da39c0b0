package com.unkey.vmcp.core.vm;

/** What a VM is made of: the spec as sent, with generated ids, and the host files it stands for. */
public record VmDefinition(VmSpec spec, GuestFiles files) {}
