package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.unkey.vmcp.api.v1.Vm;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Names, numbers and types that clients have compiled in. A change here breaks them. */
class WireContractTest {

    private static final FileDescriptor FILE = Vm.getDescriptor();

    private static final String MESSAGES =
            """
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
                + ": "
                + message.getFields().stream()
                        .map(f -> f.getName() + "=" + f.getNumber() + ":" + type(f))
                        .collect(Collectors.joining(" "));
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

    @Test
    void statesKeepTheirNumbers() {
        Map<Integer, String> actual =
                FILE.findEnumTypeByName("VmState").getValues().stream()
                        .collect(
                                Collectors.toMap(
                                        EnumValueDescriptor::getNumber,
                                        EnumValueDescriptor::getName,
                                        (a, b) -> a,
                                        TreeMap::new));
        assertThat(actual)
                .containsExactlyEntriesOf(
                        new TreeMap<>(
                                Map.of(
                                        0, "VM_STATE_UNSPECIFIED",
                                        1, "VM_STATE_CREATED",
                                        2, "VM_STATE_RUNNING",
                                        3, "VM_STATE_PAUSED",
                                        4, "VM_STATE_SHUTDOWN")));
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
                        "ListVms");
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
        assertThat(reads).containsExactlyInAnyOrder("GetVmInfo", "ListVms");
    }

    @Test
    void theGoPackageIsTheOneThatClientsImport() {
        assertThat(FILE.getOptions().getGoPackage()).isEqualTo("vmm-controlplane/gen/vmm/v1;vmmv1");
    }
}
