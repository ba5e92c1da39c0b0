package com.unkey.vmcp.connect;

/** How JSON answers spell field names. Requests may use either spelling. */
public enum FieldNames {
    /** As the proto file has them, {@code vm_id} for one. */
    PROTO,
    /** As proto3 JSON prefers them, {@code vmId} for one. */
    CAMEL
}
