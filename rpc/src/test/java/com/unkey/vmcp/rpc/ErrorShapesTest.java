package com.unkey.vmcp.rpc;

import static com.unkey.vmcp.rpc.JsonClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.VmId;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What JSON callers see when a call fails. */
@ParameterizedClass
@EnumSource(HttpClient.Version.class)
class ErrorShapesTest {

    @Parameter HttpClient.Version version;
    private RunningServer running;
    private JsonClient client;

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer();
        client = running.client(version);
    }

    @AfterEach
    void stop() {
        client.close();
        running.close();
    }

    @Test
    void unknownVm() throws Exception {
        HttpResponse<String> response = client.call("GetVmInfo", "{\"vm_id\":\"ghost\"}");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().allValues("content-type"))
                .containsExactly("application/json");
        assertThat(json(response))
                .isEqualTo(
                        json(
                                "{\"code\":\"not_found\","
                                        + "\"message\":\"no VM with vm_id \\\"ghost\\\"\"}"));
    }

    @Test
    void failuresOfTheCoreKeepTheirMessage() throws Exception {
        running.vms.failure =
                Optional.of(new VmException(new VmFailure.Duplicate(new VmId("twin"))));
        HttpResponse<String> response = client.call("CreateVm", "{\"config\":{}}");
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(json(response).get("code").asString()).isEqualTo("already_exists");
        assertThat(json(response).get("message").asString()).contains("twin");
    }

    @Test
    void unforeseenOnesAreNeutral() throws Exception {
        running.vms.failure = Optional.of(new IllegalStateException("a secret"));
        for (String method : List.of("BootVm", "GetVmInfo", "CreateVm")) {
            HttpResponse<String> response = client.call(method, "{\"vm_id\":\"a\"}");
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(json(response))
                    .isEqualTo(json("{\"code\":\"internal\",\"message\":\"internal error\"}"));
        }
    }

    @Test
    void violationsAreDetails() throws Exception {
        HttpResponse<String> response =
                client.call("ShutdownVm", "{\"vm_id\":\"../etc\",\"timeout_seconds\":3601}");

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = json(response);
        assertThat(error.get("code").asString()).isEqualTo("invalid_argument");
        assertThat(error.get("message").asString())
                .contains("vm_id:", "../etc", "timeout_seconds:");
        assertThat(error.get("details").get(0).get("type").asString())
                .isEqualTo("google.rpc.BadRequest");
        String value = error.get("details").get(0).get("value").asString();
        assertThat(value).doesNotContain("=");
        BadRequest details = BadRequest.parseFrom(Base64.getDecoder().decode(value));
        assertThat(details.getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactly("vm_id", "timeout_seconds");
    }

    @Test
    void aConfigThatIsMissingIsNamed() throws Exception {
        assertThat(message("CreateVm", "{}")).isEqualTo("config: is required");
    }

    @Test
    void malformedIdsAreRefusedByEveryCall() throws Exception {
        for (String method :
                List.of("BootVm", "PauseVm", "ResumeVm", "RebootVm", "DeleteVm", "GetVmInfo")) {
            assertThat(message(method, "{}")).contains("vm_id: is required");
            assertThat(message(method, "{\"vm_id\":\"-x\"}")).contains("vm_id: must be");
        }
    }

    @Test
    void listsAreChecked() throws Exception {
        assertThat(message("ListVms", "{\"page_size\":1001,\"state_filter\":[0,9]}"))
                .contains("state_filter[0]:", "state_filter[1]:", "page_size:");
        assertThat(message("ListVms", "{\"page_size\":-1}")).contains("page_size:", "-1");
        assertThat(message("ListVms", "{\"state_filter\":[\"VM_STATE_BOGUS\"]}"))
                .contains("state_filter[0]:", "VM_STATE_BOGUS", "VM_STATE_RUNNING");
    }

    @Test
    void brokenJsonIsNamed() throws Exception {
        assertThat(message("BootVm", "")).contains("empty request body");
        assertThat(message("BootVm", "{\"vm_id\":\"a\"")).contains("not valid JSON");
        assertThat(message("BootVm", "{'vm_id':'a'}")).contains("not valid JSON");
        assertThat(message("BootVm", "{vm_id:\"a\"}")).contains("not valid JSON");
        assertThat(message("BootVm", "{\"vm_id\":\"a\"} x")).contains("not valid JSON");
        assertThat(message("BootVm", "{\"vm_id\":\"a\"}{}")).contains("not valid JSON");
        assertThat(message("BootVm", "[]")).contains("expected an object, got a list");
        assertThat(message("BootVm", "{\"vm_id\":5}")).contains("vm_id: expected a string, got 5");
        assertThat(message("CreateVm", "{\"config\":{\"memory\":{\"size_bytes\":\"1x\"}}}"))
                .contains("config.memory.size_bytes: expected a whole number, got \"1x\"");
    }

    private String message(String method, String body) throws Exception {
        HttpResponse<String> response = client.call(method, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).get("code").asString()).isEqualTo("invalid_argument");
        return json(response).get("message").asString();
    }

    @Test
    void largeMessagesAreRefused() throws Exception {
        String padding = "x".repeat(RunningServer.MAX_MESSAGE_BYTES);
        HttpResponse<String> response = client.call("BootVm", "{\"vm_id\":\"" + padding + "\"}");
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(json(response).get("code").asString()).isEqualTo("resource_exhausted");
        assertThat(json(response).get("message").asString()).contains("65536 bytes");
    }

    @Test
    void otherVerbsAreTold() throws Exception {
        HttpResponse<String> response = client.get("/vmm.v1.VmService/BootVm");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains("POST");
        assertThat(response.body()).isEmpty();
    }

    @Test
    void otherTypesAreTold() throws Exception {
        for (String type : List.of("text/plain", "application/json; charset=latin1")) {
            HttpResponse<String> response =
                    client.call("BootVm", "{\"vm_id\":\"a\"}", "content-type", type);
            assertThat(response.statusCode()).isEqualTo(415);
            assertThat(response.headers().firstValue("accept-post").orElseThrow())
                    .startsWith("application/grpc, ")
                    .endsWith("application/json; charset=utf-8, application/proto");
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void otherPathsAreNotFound() throws Exception {
        for (String path :
                List.of("/", "/nothing", "/vmm.v1.VmService/", "/vmm.v1.VmService/BootVm/")) {
            HttpResponse<String> response =
                    client.send(client.at(path).POST(BodyPublishers.ofString("{}")).build());
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.body()).isEqualTo("404 page not found\n");
            assertThat(response.headers().firstValue("content-type"))
                    .contains("text/plain; charset=utf-8");
        }
    }

    /** An answer that comes before the body is there would reset the stream. */
    @Test
    void aClientThatStillSendsGetsItsRefusal() throws Exception {
        String body = "x".repeat(200_000);
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> response =
                    client.send(client.at("/nothing").POST(BodyPublishers.ofString(body)).build());
            assertThat(response.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void compressionAndVersionAreChecked() throws Exception {
        assertThat(client.call("BootVm", "{}", "content-encoding", "br").statusCode())
                .isEqualTo(501);
        HttpResponse<String> version = client.call("BootVm", "{}", "connect-protocol-version", "2");
        assertThat(json(version).get("code").asString()).isEqualTo("invalid_argument");
    }
}
