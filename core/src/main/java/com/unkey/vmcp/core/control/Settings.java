package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.BackendName;
import java.util.Optional;

/**
 * What an operator decides.
 *
 * @param defaultBackend backend of new VMs
 * @param defaultKernel kernel of VMs whose config names no boot section
 */
public record Settings(BackendName defaultBackend, Optional<String> defaultKernel) {}
