package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.connect.FieldNames;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.rpc.CorsOrigins;
import com.unkey.vmcp.rpc.tls.TlsFiles;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything an operator can set, parsed and checked. The variables are listed in the README; each
 * component here names its own, and each backend keeps to itself what it read.
 *
 * @param backend {@code UNKEY_VMCP_BACKEND}: what new VMs get
 * @param backends all that the daemon has: a recorded VM keeps its own
 */
record Config(
        Listen listen,
        Api api,
        BackendName backend,
        List<Configured> backends,
        Host host,
        Telemetry telemetry) {

    /**
     * Where clients find the API.
     *
     * @param address {@code UNKEY_VMCP_ADDRESS}
     * @param port {@code UNKEY_VMCP_PORT}; 0 picks a free one
     * @param socket {@code UNKEY_VMCP_LISTEN_SOCKET}
     * @param tls {@code UNKEY_VMCP_TLS_CERT}, {@code UNKEY_VMCP_TLS_KEY}, {@code
     *     UNKEY_VMCP_TLS_CLIENT_CA}
     */
    record Listen(InetAddress address, int port, Optional<Path> socket, Optional<TlsFiles> tls) {

        /** Whether whoever reaches the port is let in. */
        boolean isOpen() {
            return !address.isLoopbackAddress() && tls.flatMap(TlsFiles::clientCa).isEmpty();
        }
    }

    /**
     * How the API behaves.
     *
     * @param fieldNames {@code UNKEY_VMCP_JSON_NAMES}
     * @param maxMessageBytes {@code UNKEY_VMCP_MAX_MESSAGE_BYTES}
     * @param maxCalls {@code UNKEY_VMCP_MAX_CALLS}
     * @param browsers {@code UNKEY_VMCP_CORS_ORIGINS}
     * @param reflection {@code UNKEY_VMCP_REFLECTION}
     */
    record Api(
            FieldNames fieldNames,
            int maxMessageBytes,
            int maxCalls,
            CorsOrigins browsers,
            boolean reflection) {}

    /**
     * What of the host may be used.
     *
     * @param stateDirectory {@code UNKEY_VMCP_STATE_DIR}
     * @param defaultKernel {@code UNKEY_VMCP_DEFAULT_KERNEL}
     * @param allowedPaths {@code UNKEY_VMCP_ALLOWED_PATHS}; empty: anywhere
     * @param consoleDirectories {@code UNKEY_VMCP_CONSOLE_DIRS}
     * @param consoleMaxBytes {@code UNKEY_VMCP_CONSOLE_MAX_BYTES}
     */
    record Host(
            Path stateDirectory,
            Optional<Path> defaultKernel,
            List<Path> allowedPaths,
            List<Path> consoleDirectories,
            long consoleMaxBytes) {}

    /** A backend that has read its variables. */
    record Configured(Backend backend, Backend.Opening opening) {}

    /** {@code UNKEY_VMCP_OTEL_ENABLED}; telemetry itself is yet to come. */
    record Telemetry(boolean enabled) {}
}
