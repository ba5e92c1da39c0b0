package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.vmm.FullServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How Cloud Hypervisor v53.0 speaks HTTP, whatever is asked. */
public abstract class CloudHypervisorHttpContract extends ServerSteps {

    private static final String PING = "GET /api/v1/vmm.ping HTTP/1.1\r\n";
    private static final String CREATE = "PUT /api/v1/vm.create HTTP/1.1\r\n";

    @Test
    void answersHaveNoReasonPhrase() throws IOException {
        ApiReply ping = api.get("vmm.ping");
        assertThat(ping.statusLine()).isEqualTo("HTTP/1.1 200 ");
        assertThat(ping.header("Server")).hasValue("Cloud Hypervisor API");
        assertThat(ping.header("Connection")).hasValue("keep-alive");
        assertThat(ping.header("Content-Type")).hasValue("application/json");
        assertThat(ping.header("Content-Length")).hasValue(Integer.toString(ping.body().length()));
    }

    @Test
    void pingTellsVersionAndPid() throws IOException {
        ApiReply ping = api.get("vmm.ping");
        assertThat(ping.json().path("build_version").asString()).startsWith("v53.0");
        assertThat(ping.json().path("version").asString()).isEqualTo("53.0.0");
        assertThat(ping.json().path("pid").asLong(0)).isPositive();
        assertThat(ping.json().path("features").isArray()).isTrue();
    }

    @Test
    void answerWithoutContentHasNeitherLengthNorType() throws IOException {
        ApiReply reply = api.put("vm.delete");
        assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 204 ");
        assertThat(reply.header("Content-Length")).isEmpty();
        assertThat(reply.header("Content-Type")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "vm.coredump", "vmm.ping?x=1", ""})
    void unknownPathIsNotFound(String endpoint) throws IOException {
        ApiReply reply = api.get(endpoint);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.causes()).containsExactly("Not Found");
    }

    @Test
    void wrongMethodIsABadRequest() throws IOException {
        assertBadRequest(api.get("vm.boot"));
        assertBadRequest(api.get("vm.create"));
        assertBadRequest(api.get("vmm.shutdown"));
        assertBadRequest(api.put("vm.info"));
        assertBadRequest(api.put("vm.counters"));
        assertBadRequest(api.put("vmm.ping"));
        assertBadRequest(api.request("PATCH", "vm.info", ""));
        assertEmptyBadRequest(api.request("PATCH", "vm.boot", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm.boot",
                "vm.delete",
                "vm.shutdown",
                "vm.reboot",
                "vm.pause",
                "vm.resume",
                "vm.power-button",
                "vm.nmi"
            })
    void bodyWhereNoneBelongsIsABadRequest(String endpoint) throws IOException {
        assertBadRequest(api.put(endpoint, "{}"));
    }

    @Test
    void bodyOfAGetIsNotLookedAt() throws IOException {
        assertThat(api.request("GET", "vmm.ping", "{}").status()).isEqualTo(200);
    }

    @Test
    void missingBodyIsABadRequest() throws IOException {
        assertEmptyBadRequest(api.put("vm.create"));
        for (String endpoint :
                List.of("vm.resize", "vm.add-disk", "vm.add-net", "vm.remove-device")) {
            assertBadRequest(api.put(endpoint));
        }
    }

    @Test
    void contentLengthZeroIsNoBody() throws IOException {
        api.send("PUT /api/v1/vm.delete HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
        assertDone(api.read());
        api.send(CREATE + "Content-Length: 0\r\n\r\n");
        assertEmptyBadRequest(api.read());
    }

    @Test
    void whatIsNoHttpIsAnsweredWithWhatIsNoJsonAndTheConnectionGoesOn() throws IOException {
        api.send("garbage\r\n");
        assertThat(malformed()).isEqualTo("Invalid request.");
        assertThat(api.get("vmm.ping").status()).isEqualTo(200);
        api.send("DELETE /api/v1/vm.info HTTP/1.1\r\n");
        assertThat(malformed()).startsWith("Invalid HTTP Method");
        api.send(PING + "nocolon\r\n");
        assertThat(malformed()).startsWith("Invalid header");
    }

    @Test
    void chunksAreTakenForTheNextRequest() throws IOException {
        api.send(CREATE + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        assertThat(malformed()).isEqualTo("Invalid request.");
        try (ApiSocket other = vmm.connect()) {
            assertThat(other.get("vm.info").status()).isEqualTo(404);
        }
    }

    @Test
    void linesUpTo1024BytesAreRead() throws IOException {
        String name = "X-A: ";
        int longest = 1024 - name.length() - "\r\n".length();
        api.send(PING + name + "x".repeat(longest) + "\r\n\r\n");
        assertThat(api.read().status()).isEqualTo(200);
        api.send(PING + name + "x".repeat(longest + 1) + "\r\n\r\n");
        assertThat(malformed()).startsWith("Invalid header. Reason: Invalid content length.");
    }

    @Test
    void requestLineBeyond1024BytesIsRefused() throws IOException {
        api.send("GET /api/v1/" + "x".repeat(1100) + " HTTP/1.1\r\n\r\n");
        assertThat(malformed()).isEqualTo("Invalid request.");
    }

    @Test
    void bodiesUpTo51200BytesAreRead() throws IOException {
        assertDone(api.put("vm.create", "{}" + " ".repeat(51_198)));
        api.send(CREATE + "Content-Length: 51201\r\n\r\n");
        assertThat(malformed())
                .isEqualTo(
                        "Request payload with size 51201 is larger than the limit of 51200 allowed"
                                + " by server.");
    }

    @Test
    void expectedContinueComesFirst() throws IOException {
        api.send(CREATE + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assertThat(api.read().statusLine()).isEqualTo("HTTP/1.1 100 ");
        api.send("{}");
        assertDone(api.read());
    }

    @Test
    void requestsMayComeInPiecesOrTogether() throws IOException {
        api.send("GET /api/v1/vmm.pi");
        api.send("ng HTTP/1.1\r");
        api.send("\n\r\n");
        assertThat(api.read().status()).isEqualTo(200);
        api.send(PING + "\r\nGET /api/v1/vm.info HTTP/1.1\r\n\r\n");
        assertThat(api.read().status()).isEqualTo(200);
        assertThat(api.read().status()).isEqualTo(404);
    }

    @Test
    void wishToCloseIsIgnored() throws IOException {
        api.send(PING + "Connection: close\r\n\r\n");
        assertThat(api.read().header("Connection")).hasValue("keep-alive");
        assertThat(api.get("vmm.ping").status()).isEqualTo(200);
    }

    @Test
    void eleventhConnectionIsTurnedAwayUnasked() throws IOException {
        FullServer.turnsTheEleventhAway(vmm, api);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "[]",
                "{\"cpus\":{\"boot_vcpus\":1}}",
                "{\"cpus\":{\"boot_vcpus\":-1,\"max_vcpus\":1}}",
                "{\"memory\":{\"size\":\"x\"}}",
                "{\"serial\":{\"mode\":\"Nope\"}}",
                "{\"disks\":[{\"path\":\"/x\",\"image_type\":\"raw\"}]}",
                "{\"net\":[{\"mac\":\"zz\"}]}"
            })
    void bodyThatIsNoConfigurationIsRefused(String body) throws IOException {
        ApiReply reply = api.put("vm.create", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.causes()).hasSize(2).first().isEqualTo("Failed to deserialize JSON");
        assertThat(api.get("vm.info").status()).isEqualTo(404);
    }

    @Test
    void missingFieldIsNamed() throws IOException {
        assertThat(api.put("vm.create", "{\"memory\":{}}").causes().getLast())
                .startsWith("missing field `size`");
        assertThat(api.put("vm.remove-device", "{}").causes().getLast())
                .startsWith("missing field `id`");
    }

    @Test
    void unknownFieldIsForgotten() throws IOException {
        assertDone(api.put("vm.create", "{\"unknown\":1}"));
        assertThat(info().path("config").has("unknown")).isFalse();
        assertThat(info().path("config").path("memory").path("size").asLong(0))
                .isEqualTo(512L << 20);
    }

    private static void assertBadRequest(ApiReply reply) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(400);
        assertThat(reply.causes()).containsExactly("Bad Request");
    }

    private static void assertEmptyBadRequest(ApiReply reply) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(400);
        assertThat(reply.body()).isEmpty();
        assertThat(reply.header("Content-Length")).hasValue("0");
    }

    /** The words of an answer to what could not be parsed. */
    private String malformed() throws IOException {
        ApiReply reply = api.read();
        assertThat(reply.header("Server")).hasValue("Firecracker API");
        return reply.unparsed();
    }
}
