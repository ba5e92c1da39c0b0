package com.unkey.vmcp.rpc;

import static com.unkey.vmcp.rpc.JsonClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.api.v1.Backend;
import com.unkey.vmcp.api.v1.BackendCapability;
import com.unkey.vmcp.api.v1.ListBackendsRequest;
import com.unkey.vmcp.api.v1.OptionType;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.core.control.BackendView;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.port.BackendProfile.Limit;
import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import io.grpc.ManagedChannel;
import java.net.http.HttpClient;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the API tells of backends. */
class ListBackendsTest {

    private static final BackendView SOUND =
            new BackendView(
                    new BackendName("sound"),
                    true,
                    new BackendHealth.Healthy("1.2"),
                    EnumSet.allOf(Capability.class),
                    new BackendProfile(
                            List.of(new Limit("max_vcpus", 32, "cpu.vcpu_count", "even")),
                            Map.of(
                                    SpecField.CPU_MAX_VCPU_COUNT,
                                    Field.ignored("cannot grow"),
                                    SpecField.STORAGE_INTERFACE_TYPE,
                                    Field.oneOf(List.of("virtio"), ""),
                                    SpecField.CONSOLE_INPUT,
                                    Field.refused("")),
                            options()));

    private static final BackendView POOR =
            new BackendView(
                    new BackendName("poor"),
                    false,
                    new BackendHealth.Unhealthy("install it"),
                    Set.of(),
                    new BackendProfile(List.of(), Map.of(), List.of()));

    private RunningServer running;

    private static List<Option> options() {
        return List.of(
                new Option(OptionMap.CPU_FEATURES, "", new OptionValues.Flag(), List.of("any")),
                new Option(
                        OptionMap.STORAGE_OPTIONS,
                        "format",
                        new OptionValues.Choice(List.of("raw", "qcow2")),
                        List.of()),
                new Option(
                        OptionMap.NETWORK_OPTIONS,
                        "mtu",
                        new OptionValues.Range(68, 65_535),
                        List.of("must be even")),
                new Option(
                        OptionMap.NETWORK_OPTIONS,
                        "ip",
                        new OptionValues.Text("an address"),
                        List.of()));
    }

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer();
        running.vms.backends = List.of(SOUND, POOR);
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void inJson() throws Exception {
        try (JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            JsonNode backends = json(client.call("ListBackends", "{}")).get("backends");

            JsonNode sound = backends.get(0);
            assertThat(sound.get("fields").get(1))
                    .isEqualTo(
                            json(
                                    """
                                    {"field":"cpu.max_vcpu_count","note":"cannot grow",
                                     "treatment":"FIELD_TREATMENT_IGNORED"}"""));
            assertThat(sound.get("limits").get(0))
                    .isEqualTo(
                            json(
                                    """
                                    {"name":"max_vcpus","value":"32","field":"cpu.vcpu_count",
                                     "note":"even"}"""));
            assertThat(sound.get("options"))
                    .isEqualTo(
                            json(
                                    """
                                    [{"map":"cpu.features","type":"OPTION_TYPE_FLAG",
                                      "conditions":["any"]},
                                     {"map":"storage.options","name":"format",
                                      "type":"OPTION_TYPE_CHOICE",
                                      "accepted_values":["raw","qcow2"]},
                                     {"map":"network.options","name":"mtu",
                                      "type":"OPTION_TYPE_INTEGER","minimum":"68",
                                      "maximum":"65535","conditions":["must be even"]},
                                     {"map":"network.options","name":"ip",
                                      "type":"OPTION_TYPE_TEXT","rule":"an address"}]"""));
            JsonNode poor = backends.get(1);
            assertThat(poor.get("health").asString()).isEqualTo("BACKEND_HEALTH_UNHEALTHY");
            assertThat(poor.get("health_reason").asString()).isEqualTo("install it");
        }
    }

    @Test
    void inGrpc() throws Exception {
        ManagedChannel channel = running.channel();
        try {
            List<Backend> backends =
                    VmServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .listBackends(ListBackendsRequest.getDefaultInstance())
                            .getBackendsList();

            Backend sound = backends.getFirst();
            assertThat(sound.getIsDefault()).isTrue();
            assertThat(sound.getVersion()).isEqualTo("1.2");
            assertThat(sound.getCapabilitiesList())
                    .containsExactly(
                            BackendCapability.BACKEND_CAPABILITY_PAUSE,
                            BackendCapability.BACKEND_CAPABILITY_POWER_BUTTON,
                            BackendCapability.BACKEND_CAPABILITY_REBOOT,
                            BackendCapability.BACKEND_CAPABILITY_QCOW2);
            assertThat(sound.getFieldsCount()).isEqualTo(SpecField.values().length);
            assertThat(sound.getOptions(3).getType()).isEqualTo(OptionType.OPTION_TYPE_TEXT);
            assertThat(backends.getLast().getIsDefault()).isFalse();
            assertThat(backends.getLast().getFieldsCount()).isEqualTo(SpecField.values().length);
        } finally {
            channel.shutdownNow();
        }
    }
}
