package com.unkey.vmcp.testkit.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiServer;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A case of every server of the library: no more than ten connections. */
public final class FullServer {

    private FullServer() {}

    /** Fills a server that has one connection open, which must go on being served. */
    public static void turnsTheEleventhAway(ServedVmm vmm, ApiSocket open) throws IOException {
        List<ApiSocket> others = new ArrayList<>();
        try {
            for (int i = 0; i < ApiServer.MAX_CONNECTIONS - 1; i++) {
                others.add(Await.value("a connection is let in", () -> admitted(vmm)));
            }
            try (ApiSocket eleventh = vmm.connect()) {
                assertThat(eleventh.readToEnd())
                        .startsWith("HTTP/1.1 503\r\n")
                        .endsWith("{ \"error\": \"Too many open connections\" }");
            }
            assertThat(vmm.answers(open)).isTrue();
        } finally {
            for (ApiSocket other : others) {
                other.close();
            }
        }
        vmm.awaitApi();
    }

    /** A connection that is served; one that was closed just now may still be counted. */
    private static Optional<ApiSocket> admitted(ServedVmm vmm) throws IOException {
        ApiSocket next = vmm.connect();
        try {
            if (vmm.answers(next)) {
                return Optional.of(next);
            }
        } catch (IOException e) {
            next.close();
            throw e;
        }
        next.close();
        return Optional.empty();
    }
}
