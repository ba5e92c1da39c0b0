package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.Sample;

/**
 * What a VM uses.
 *
 * @param cpuUsagePercent between the last two samples; 100: all its vCPUs busy
 * @param memoryUsageBytes host memory its VMM holds
 * @param network traffic since BootVm
 * @param storage traffic since BootVm
 * @param uptimeSeconds whole seconds since BootVm or the last RebootVm
 */
public record Metrics(
        double cpuUsagePercent,
        long memoryUsageBytes,
        Sample.NetworkCounters network,
        Sample.StorageCounters storage,
        long uptimeSeconds) {}
