package com.unkey.vmcp.rpc;

import java.util.Map;

/**
 * Armeria's process-wide flags, which it reads once, when its first class is loaded. A property
 * given on the command line wins.
 */
final class ArmeriaTuning {

    private static final String PREFIX = "com.linecorp.armeria.";

    private static final Map<String, String> FLAGS =
            Map.of(
                    // A path is what it says: no call is reached by a longer one.
                    "allowSemicolonInPathComponent", "true",
                    // No probing for OpenSSL or io_uring at start.
                    "tlsEngineType", "jdk",
                    "transportType", "epoll",
                    // The daemon uses Armeria as a server only; two threads are enough for the
                    // rest.
                    "numCommonWorkers", "2",
                    "numCommonBlockingTaskThreads", "2",
                    "warnNettyVersions", "false",
                    "useJdkDnsResolver", "true",
                    // Clients that read to the end of a connection wait for it: not 3 s.
                    "defaultHttp1ConnectionCloseDelayMillis", "100",
                    "requestContextLeakDetectionSampler", "never",
                    "verboseResponses", "false");

    private ArmeriaTuning() {}

    static void apply() {
        FLAGS.forEach(
                (flag, value) -> {
                    if (System.getProperty(PREFIX + flag) == null) {
                        System.setProperty(PREFIX + flag, value);
                    }
                });
    }
}
