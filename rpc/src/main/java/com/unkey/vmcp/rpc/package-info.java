/**
 * The API: {@code vmm.v1.VmService} on the control plane, and the server that speaks it. Start at
 * {@link com.unkey.vmcp.rpc.VmServer}, then {@code VmEndpoint}; {@code FailureStatus} is the only
 * place where failures become status codes. What concerns sockets is in {@code transport} and
 * {@code tls}.
 *
 * <p>Requests arrive on Armeria's event loops, which are never blocked: what may block runs on
 * virtual threads. Depends on {@code core}, {@code api} and {@code connect}; knows no backend and
 * no store.
 */
@NullMarked
package com.unkey.vmcp.rpc;

import org.jspecify.annotations.NullMarked;
