package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.BackendName;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether new VMs can be made.
 *
 * @param backend the backend that new VMs get
 * @param reason why not, and what to do about it; there where {@code healthy} is false
 * @param uptime how long the daemon has been up
 */
public record HealthReport(
        boolean healthy, BackendName backend, Optional<String> reason, Duration uptime) {}
