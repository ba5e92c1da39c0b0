package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.VmRecord;
import java.util.Map;
import java.util.Optional;

/**
 * One VM as a client may see it.
 *
 * @param metrics there in RUNNING and PAUSED, once a sample could be taken
 * @param backendInfo facts by name, as the API answers them
 */
public record VmView(VmRecord record, Optional<Metrics> metrics, Map<String, String> backendInfo) {

    public VmView {
        backendInfo = Map.copyOf(backendInfo);
    }
}
