package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.vmm.FullServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How Firecracker v1.16.1 speaks HTTP, whatever is asked. */
public abstract class FirecrackerHttpContract extends FirecrackerSteps {

    @Test
    void answersHaveNoReasonPhrase() throws IOException {
        ApiReply reply = api.get("");
        assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 200 ");
        assertThat(reply.header("Server")).hasValue("Firecracker API");
        assertThat(reply.header("Connection")).hasValue("keep-alive");
        assertThat(reply.header("Content-Type")).hasValue("application/json");
        assertThat(reply.header("Content-Length")).hasValue("" + reply.body().length());
    }

    @Test
    void tellsWhoItIs() throws IOException {
        assertThat(api.get("").body())
                .isEqualTo(
                        "{\"id\":\"vm-1\",\"state\":\"Not started\",\"vmm_version\":\"1.16.1\","
                                + "\"app_name\":\"Firecracker\"}");
        assertThat(api.get("version").body()).isEqualTo("{\"firecracker_version\":\"1.16.1\"}");
    }

    @Test
    void answerWithoutContentHasNeitherLengthNorType() throws IOException {
        ApiReply reply = put("serial", "{}");
        assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 204 ");
        assertThat(reply.header("Content-Length")).isEmpty();
        assertThat(reply.header("Content-Type")).isEmpty();
    }

    @Test
    void whatIsDeprecatedIsSaidInAHeader() throws IOException {
        String machine = "{'vcpu_count':1,'mem_size_mib':128";
        assertThat(put("machine-config", machine + "}").header("Deprecation")).isEmpty();
        ApiReply reply = put("machine-config", machine + ",'cpu_template':'None'}");
        assertDone(reply);
        assertThat(reply.header("Deprecation")).hasValue("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "vm", "version?x", "drives/a"})
    void unknownPathIsNamed(String path) throws IOException {
        String first = path.split("/", -1)[0];
        assertRefused(api.get(path), "Invalid request method and/or path: GET " + first + ".");
        assertRefused(put("nothing", "{}"), "Invalid request method and/or path: PUT nothing.");
        assertRefused(patch("nothing", "{}"), "Invalid request method and/or path: PATCH nothing.");
        assertRefused(
                api.request("DELETE", "nothing", ""),
                "Invalid request method and/or path: DELETE nothing.");
    }

    @Test
    void moreSlashesAndWordsDoNoHarm() throws IOException {
        assertThat(api.get("/version/").status()).isEqualTo(200);
        assertThat(api.get("version/more").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,{},GET request cannot have a body.",
        "DELETE,{},Empty Delete request.",
        "PUT,'',Empty PUT request.",
        "PATCH,'',Empty PATCH request."
    })
    void bodyMustBeThereExactlyWhereItBelongs(String method, String body, String fault)
            throws IOException {
        for (String path : new String[] {"drives/a", "machine-config", "nothing"}) {
            assertRefused(api.request(method, path, body), fault);
        }
    }

    @Test
    void contentLengthZeroIsNoBody() throws IOException {
        api.send("PUT /actions HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
        assertRefused(api.read(), "Empty PUT request.");
    }

    @Test
    void whatIsNoHttpIsAnsweredWithWhatIsNoJsonAndTheConnectionGoesOn() throws IOException {
        api.send("garbage\r\n");
        assertThat(api.read().unparsed()).isEqualTo("Invalid request.");
        assertThat(api.get("").status()).isEqualTo(200);
        api.send("POST /actions HTTP/1.1\r\n");
        assertThat(api.read().unparsed())
                .isEqualTo("Invalid HTTP Method: Unsupported HTTP method.");
        api.send("GET / HTTP/2\r\n");
        assertThat(api.read().unparsed())
                .isEqualTo("Invalid HTTP Version: Unsupported HTTP version.");
        api.send("GET / HTTP/1.1\r\nnocolon\r\n");
        assertThat(api.read().unparsed()).startsWith("Invalid header");
    }

    @Test
    void chunksAreTakenForTheNextRequest() throws IOException {
        api.send("PUT /actions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        assertThat(api.read().unparsed()).isEqualTo("Invalid request.");
    }

    @Test
    void headerLinesMustFitTheBuffer() throws IOException {
        api.send("GET / HTTP/1.1\r\nX: " + "x".repeat(1100) + "\r\n\r\n");
        assertThat(api.read().unparsed())
                .startsWith("Invalid header. Reason: Invalid content length.");
    }

    @Test
    void bodyMustNotBeTooLong() throws IOException {
        api.send("PUT /actions HTTP/1.1\r\nContent-Length: 51201\r\n\r\n");
        assertThat(api.read().unparsed())
                .isEqualTo(
                        "Request payload with size 51201 is larger than the limit of 51200"
                                + " allowed by server.");
    }

    @Test
    void bodyLimitCanBeChosen() throws Exception {
        restart("--api-sock", vmm.socket().toString(), "--http-api-max-payload-size", "10");
        api.send("PUT /actions HTTP/1.1\r\nContent-Length: 11\r\n\r\n");
        assertThat(api.read().unparsed()).contains("larger than the limit of 10 allowed");
    }

    @Test
    void requestsInOneGoAreAnsweredInOrder() throws IOException {
        api.send("GET / HTTP/1.1\r\n\r\nGET /version HTTP/1.1\r\n\r\n");
        assertThat(api.read().json().has("app_name")).isTrue();
        assertThat(api.read().json().has("firecracker_version")).isTrue();
    }

    @Test
    void bodyIsAwaitedWithAGoOn() throws IOException {
        api.send("PUT /actions HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assertThat(api.read().statusLine()).isEqualTo("HTTP/1.1 100 ");
        api.send("{}");
        assertMisfit(api.read(), "missing field `action_type`");
    }

    @Test
    void wishToCloseIsIgnored() throws IOException {
        api.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertThat(api.read().header("Connection")).hasValue("keep-alive");
        assertThat(api.get("").status()).isEqualTo(200);
    }

    @Test
    void eleventhConnectionIsTurnedAwayUnasked() throws IOException {
        FullServer.turnsTheEleventhAway(vmm, api);
    }
}
