package com.unkey.vmcp.rpc;

import static com.unkey.vmcp.rpc.JsonClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import com.unkey.vmcp.core.control.CreateRequest;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmState;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Every call by POST and JSON, over HTTP/1.1 and over h2c. */
@ParameterizedClass
@EnumSource(HttpClient.Version.class)
class JsonCallsTest {

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
    void createsInEitherSpelling() throws Exception {
        HttpResponse<String> proto =
                client.call(
                        "CreateVm", "{\"vm_id\":\"a\",\"config\":{\"cpu\":{\"vcpu_count\":2}}}");
        HttpResponse<String> camel =
                client.call("CreateVm", "{\"vmId\":\"b\",\"config\":{\"cpu\":{\"vcpuCount\":2}}}");

        assertThat(proto.version()).isEqualTo(version);
        assertThat(proto.statusCode()).isEqualTo(200);
        assertThat(proto.headers().firstValue("content-type")).contains("application/json");
        assertThat(json(proto)).isEqualTo(json("{\"vm_id\":\"a\",\"state\":\"VM_STATE_CREATED\"}"));
        assertThat(json(camel)).isEqualTo(json("{\"vm_id\":\"b\",\"state\":\"VM_STATE_CREATED\"}"));
        CreateRequest first = running.vms.creates.take();
        assertThat(first.spec()).isEqualTo(running.vms.creates.take().spec());
        assertThat(first.spec().vcpuCount()).isEqualTo(2);
    }

    @Test
    void passesTheBackendOnUnchecked() throws Exception {
        client.call("CreateVm", "{\"backend\":\"qemu\",\"config\":{}}");
        client.call("CreateVm", "{\"backend\":\" No such\",\"config\":{}}");
        client.call("CreateVm", "{\"config\":{}}");

        assertThat(running.vms.creates)
                .extracting(CreateRequest::backend)
                .containsExactly("qemu", " No such", "");
    }

    @Test
    void answersWithTheStateReached() throws Exception {
        assertThat(answer("BootVm")).isEqualTo(success("VM_STATE_RUNNING"));
        assertThat(answer("PauseVm")).isEqualTo(success("VM_STATE_PAUSED"));
        assertThat(answer("ResumeVm")).isEqualTo(success("VM_STATE_RUNNING"));
        assertThat(answer("RebootVm")).isEqualTo(success("VM_STATE_RUNNING"));
        assertThat(answer("ShutdownVm")).isEqualTo(success("VM_STATE_SHUTDOWN"));
        assertThat(answer("DeleteVm")).isEqualTo(json("{\"success\":true}"));
        assertThat(running.vms.runs)
                .extracting(run -> run.operation().action())
                .containsExactly(
                        Action.BOOT,
                        Action.PAUSE,
                        Action.RESUME,
                        Action.REBOOT,
                        Action.SHUTDOWN,
                        Action.DELETE);
    }

    private JsonNode answer(String method) throws Exception {
        HttpResponse<String> response = client.call(method, "{\"vm_id\":\"vm-1\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static JsonNode success(String state) {
        return json("{\"success\":true,\"state\":\"%s\"}".formatted(state));
    }

    @Test
    void passesForceAndTimeoutOn() throws Exception {
        client.call("ShutdownVm", "{\"vm_id\":\"vm-1\",\"timeout_seconds\":3600}");
        client.call("ShutdownVm", "{\"vm_id\":\"vm-1\",\"force\":true}");
        client.call("DeleteVm", "{\"vm_id\":\"vm-1\",\"force\":true}");
        client.call("RebootVm", "{\"vm_id\":\"vm-1\",\"force\":true}");

        VmId id = new VmId("vm-1");
        Duration usual = Duration.ofSeconds(30);
        assertThat(running.vms.runs)
                .containsExactly(
                        new FakeVms.Run(id, Operation.of(Action.SHUTDOWN), Duration.ofHours(1)),
                        new FakeVms.Run(id, Operation.forced(Action.SHUTDOWN), usual),
                        new FakeVms.Run(id, Operation.forced(Action.DELETE), usual),
                        new FakeVms.Run(id, Operation.forced(Action.REBOOT), usual));
    }

    @Test
    void tellsAllAboutAVm() throws Exception {
        String config = JsonFormat.printer().preservingProtoFieldNames().print(Configs.full());
        client.call("CreateVm", "{\"vm_id\":\"a\",\"config\":" + config + "}");

        JsonNode info = json(client.call("GetVmInfo", "{\"vm_id\":\"a\"}"));

        assertThat(info.get("config")).isEqualTo(json(config));
        assertThat(info.get("config").get("memory").get("size_bytes").asString())
                .isEqualTo("8589934592");
        assertThat(info.get("state").asString()).isEqualTo("VM_STATE_CREATED");
        assertThat(info.get("backend_info")).isEqualTo(json("{\"vmm\":\"fake\",\"pid\":\"4711\"}"));
        assertThat(info.get("metrics"))
                .isEqualTo(
                        json(
                                """
                                {"cpu_usage_percent":12.5,"memory_usage_bytes":"67108864",
                                 "network_stats":{"bytes_received":"1","bytes_transmitted":"2",
                                   "packets_received":"3","packets_transmitted":"4"},
                                 "storage_stats":{"bytes_read":"5","bytes_written":"6",
                                   "read_operations":"7","write_operations":"8"},
                                 "uptime_seconds":"9"}"""));
    }

    @Test
    void lists() throws Exception {
        client.call(
                "CreateVm",
                "{\"vm_id\":\"a\",\"config\":{\"cpu\":{\"vcpu_count\":2},"
                        + "\"memory\":{\"size_bytes\":\"1024\"},\"metadata\":{\"k\":\"v\"}}}");

        HttpResponse<String> list =
                client.call(
                        "ListVms",
                        "{\"state_filter\":[\"VM_STATE_CREATED\",2],\"page_size\":7,"
                                + "\"page_token\":\"t\"}");

        assertThat(json(list))
                .isEqualTo(
                        json(
                                """
                                {"vms":[{"vm_id":"a","state":"VM_STATE_CREATED","vcpu_count":2,
                                  "memory_size_bytes":"1024","created_timestamp":"1700000000",
                                  "modified_timestamp":"1700000005","metadata":{"k":"v"}}],
                                 "next_page_token":"next","total_count":41}"""));
        var query = running.vms.lists.take();
        assertThat(query.states()).isEqualTo(Set.of(VmState.Kind.CREATED, VmState.Kind.RUNNING));
        assertThat(query.pageSize()).isEqualTo(7);
        assertThat(query.pageToken()).isEqualTo("t");
    }

    @Test
    void acceptsACharset() throws Exception {
        HttpResponse<String> response =
                client.call(
                        "BootVm",
                        "{\"vm_id\":\"a\"}",
                        "content-type",
                        "Application/JSON;charset=UTF-8");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .contains("application/json; charset=utf-8");
    }

    @Test
    void skipsUnknownFields() throws Exception {
        HttpResponse<String> response =
                client.call("BootVm", "{\"vm_id\":\"a\",\"new\":{\"deep\":[1,{}]}}");
        assertThat(response.statusCode()).isEqualTo(200);
    }
}
