package com.unkey.vmcp.rpc;

import java.util.Map;

/**
 * Armeria's process-wide flags, which it reads once, when its first class is loaded. A property
 * given on the command line wins.
 */
final class ArmeriaTuning {

    private static final String PREFIX = "com.linecorp.armeria.";

    private static final Map<String, String> FLAGS =
            Map.ofEntries(
                    // A path is what it says: no call is reached by a longer one.
                    Map.entry("allowSemicolonInPathComponent", "true"),
                    // No probing for OpenSSL or io_uring at start.
                    Map.entry("tlsEngineType", "jdk"),
                    Map.entry("transportType", "epoll"),
                    // The daemon uses Armeria as a server only; two threads are enough for the
                    // rest.
                    Map.entry("numCommonWorkers", "2"),
                    Map.entry("numCommonBlockingTaskThreads", "2"),
                    Map.entry("warnNettyVersions", "false"),
                    Map.entry("useJdkDnsResolver", "true"),
                    // Clients that read to the end of a connection wait for it: not 3 s.
                    Map.entry("defaultHttp1ConnectionCloseDelayMillis", "100"),
                    // A timeout of TCP that it would set on unix sockets too; the transport does.
                    Map.entry("useDefaultSocketOptions", "false"),
                    Map.entry("requestContextLeakDetectionSampler", "never"),
                    Map.entry("verboseResponses", "false"));

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
