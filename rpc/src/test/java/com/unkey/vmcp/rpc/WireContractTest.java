package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.unkey.vmcp.api.v1.Vm;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Names, numbers and types that clients have compiled in. A change here breaks them. */
class WireContractTest {

    private static final FileDescriptor FILE = Vm.getDescriptor();

    private static final String MESSAGES =
            """
            Backend: name=1:string is_default=2:bool health=3:BackendHealth health_reason=4:string version=5:string capabilities=6:repeated BackendCapability limits=7:repeated BackendLimit fields=8:repeated BackendField options=9:repeated BackendOption
            BackendField: field=1:string treatment=2:FieldTreatment accepted_values=3:repeated string note=4:string
            BackendLimit: name=1:string value=2:int64 field=3:string note=4:string
            BackendOption: map=1:string name=2:string type=3:OptionType accepted_values=4:repeated string minimum=5:int64 maximum=6:int64 rule=7:string conditions=8:repeated string
            BootConfig: kernel_path=1:string initrd_path=2:string kernel_args=3:string boot_options=4:map<string,string>
            BootVmRequest: vm_id=1:string
            BootVmResponse: success=1:bool state=2:VmState
            ConsoleConfig: enabled=1:bool output=2:string input=3:string console_type=4:string
            CpuConfig: vcpu_count=1:int32 max_vcpu_count=2:int32 topology=3:CpuTopology features=4:map<string,string>
            CpuTopology: sockets=1:int32 cores_per_socket=2:int32 threads_per_core=3:int32
            CreateVmRequest: vm_id=1:string config=2:VmConfig backend=3:string
            CreateVmResponse: vm_id=1:string state=2:VmState
            DeleteVmRequest: vm_id=1:string force=2:bool
            DeleteVmResponse: success=1:bool
            GetVmInfoRequest: vm_id=1:string
            GetVmInfoResponse: vm_id=1:string config=2:VmConfig state=3:VmState metrics=4:VmMetrics backend_info=5:map<string,string>
            ListBackendsRequest:
            ListBackendsResponse: backends=1:repeated Backend
            ListVmsRequest: state_filter=1:repeated VmState page_size=2:int32 page_token=3:string
            ListVmsResponse: vms=1:repeated VmInfo next_page_token=2:string total_count=3:int32
            MemoryConfig: size_bytes=1:int64 hotplug_enabled=2:bool max_size_bytes=3:int64 backing=4:map<string,string>
            NetworkInterface: id=1:string mac_address=2:string tap_device=3:string interface_type=4:string options=5:map<string,string>
            NetworkStats: bytes_received=1:int64 bytes_transmitted=2:int64 packets_received=3:int64 packets_transmitted=4:int64
            PauseVmRequest: vm_id=1:string
            PauseVmResponse: success=1:bool state=2:VmState
            RebootVmRequest: vm_id=1:string force=2:bool
            RebootVmResponse: success=1:bool state=2:VmState
            ResumeVmRequest: vm_id=1:string
            ResumeVmResponse: success=1:bool state=2:VmState
            ShutdownVmRequest: vm_id=1:string force=2:bool timeout_seconds=3:int32
            ShutdownVmResponse: success=1:bool state=2:VmState
            StorageDevice: id=1:string path=2:string read_only=3:bool is_root_device=4:bool interface_type=5:string options=6:map<string,string>
            StorageStats: bytes_read=1:int64 bytes_written=2:int64 read_operations=3:int64 write_operations=4:int64
            VmConfig: cpu=1:CpuConfig memory=2:MemoryConfig boot=3:BootConfig storage=4:repeated StorageDevice network=5:repeated NetworkInterface console=6:ConsoleConfig metadata=7:map<string,string>
            VmInfo: vm_id=1:string state=2:VmState vcpu_count=3:int32 memory_size_bytes=4:int64 created_timestamp=5:int64 modified_timestamp=6:int64 metadata=7:map<string,string>
            VmMetrics: cpu_usage_percent=1:double memory_usage_bytes=2:int64 network_stats=3:NetworkStats storage_stats=4:StorageStats uptime_seconds=5:int64
            """;

    @Test
    void messagesKeepTheirFields() {
        List<String> actual =
                FILE.getMessageTypes().stream().map(WireContractTest::line).sorted().toList();
        assertThat(actual).containsExactlyElementsOf(MESSAGES.lines().toList());
    }

    private static String line(Descriptor message) {
        return message.getName()
                + ":"
                + message.getFields().stream()
                        .map(f -> " " + f.getName() + "=" + f.getNumber() + ":" + type(f))
                        .collect(Collectors.joining());
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map<%s,%s>"
                    .formatted(
                            type(field.getMessageType().findFieldByNumber(1)),
                            type(field.getMessageType().findFieldByNumber(2)));
        }
        String bare =
                switch (field.getJavaType()) {
                    case MESSAGE -> field.getMessageType().getName();
                    case ENUM -> field.getEnumType().getName();
                    default ->
                            field.toProto().getType().name().substring(5).toLowerCase(Locale.ROOT);
                };
        return field.isRepeated() ? "repeated " + bare : bare;
    }

    private static final String ENUMS =
            """
            BackendCapability: UNSPECIFIED=0 PAUSE=1 POWER_BUTTON=2 REBOOT=3 QCOW2=4
            BackendHealth: UNSPECIFIED=0 HEALTHY=1 UNHEALTHY=2
            FieldTreatment: UNSPECIFIED=0 HONOURED=1 IGNORED=2 REFUSED=3
            OptionType: UNSPECIFIED=0 FLAG=1 CHOICE=2 INTEGER=3 TEXT=4
            VmState: UNSPECIFIED=0 CREATED=1 RUNNING=2 PAUSED=3 SHUTDOWN=4
            """;

    @Test
    void valuesKeepTheirNumbers() {
        List<String> actual =
                FILE.getEnumTypes().stream().map(WireContractTest::line).sorted().toList();
        assertThat(actual).containsExactlyElementsOf(ENUMS.lines().toList());
    }

    /** Each value's name begins with its enum's. */
    private static String line(EnumDescriptor type) {
        String prefix =
                type.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)
                        + "_";
        return type.getName()
                + ":"
                + type.getValues().stream()
                        .map(v -> " " + v.getName().replace(prefix, "") + "=" + v.getNumber())
                        .collect(Collectors.joining());
    }

    /** What backends tell of fields is told by the names that clients have for them. */
    @Test
    void theCoreNamesTheFieldsOfAConfigAsTheApiDoes() {
        Descriptor config = FILE.findMessageTypeByName("VmConfig");
        List<String> fields = new ArrayList<>();
        List<String> maps = new ArrayList<>();
        for (FieldDescriptor part : config.getFields()) {
            if (!part.isMapField()) {
                for (FieldDescriptor field : part.getMessageType().getFields()) {
                    (field.isMapField() ? maps : fields)
                            .add(part.getName() + "." + field.getName());
                }
            }
        }
        assertThat(SpecField.values()).extracting(SpecField::path).isEqualTo(fields);
        assertThat(OptionMap.values()).extracting(OptionMap::path).isEqualTo(maps);
    }

    @Test
    void callsAreUnaryAndNamedForTheirMessages() {
        ServiceDescriptor service = FILE.findServiceByName("VmService");
        assertThat(service.getFullName()).isEqualTo("vmm.v1.VmService");
        assertThat(service.getMethods())
                .extracting(MethodDescriptor::getName)
                .containsExactlyInAnyOrder(
                        "CreateVm",
                        "DeleteVm",
                        "BootVm",
                        "ShutdownVm",
                        "PauseVm",
                        "ResumeVm",
                        "RebootVm",
                        "GetVmInfo",
                        "ListVms",
                        "ListBackends");
        for (MethodDescriptor method : service.getMethods()) {
            assertThat(method.getInputType().getName()).isEqualTo(method.getName() + "Request");
            assertThat(method.getOutputType().getName()).isEqualTo(method.getName() + "Response");
            assertThat(method.isClientStreaming() || method.isServerStreaming()).isFalse();
        }
    }

    @Test
    void onlyReadsAreMarkedFreeOfSideEffects() {
        List<String> reads =
                FILE.findServiceByName("VmService").getMethods().stream()
                        .filter(
                                m ->
                                        m.getOptions().getIdempotencyLevel()
                                                == IdempotencyLevel.NO_SIDE_EFFECTS)
                        .map(MethodDescriptor::getName)
                        .toList();
        assertThat(reads).containsExactlyInAnyOrder("GetVmInfo", "ListVms", "ListBackends");
    }

    @Test
    void theGoPackageIsTheOneThatClientsImport() {
        assertThat(FILE.getOptions().getGoPackage()).isEqualTo("vmm-controlplane/gen/vmm/v1;vmmv1");
    }
}
