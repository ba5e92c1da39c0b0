package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.unkey.vmcp.api.v1.CpuConfig;
import com.unkey.vmcp.api.v1.VmConfig;
import org.junit.jupiter.api.Test;

class ConfigRoundTripTest {

    @Test
    void everyFieldComesBack() {
        assertThat(roundTrip(Configs.full())).isEqualTo(Configs.full());
    }

    @Test
    void theFullConfigReallySetsEveryField() {
        assertEveryFieldSet(Configs.full());
    }

    @Test
    void absentMessagesStayAbsent() {
        assertThat(roundTrip(VmConfig.getDefaultInstance()))
                .isEqualTo(VmConfig.getDefaultInstance());
    }

    @Test
    void emptyMessagesStayPresent() {
        assertThat(roundTrip(Configs.hollow())).isEqualTo(Configs.hollow());
    }

    @Test
    void processorsWithoutTopologyStaySo() {
        VmConfig config =
                VmConfig.newBuilder().setCpu(CpuConfig.newBuilder().setVcpuCount(1)).build();
        assertThat(roundTrip(config)).isEqualTo(config);
    }

    private static VmConfig roundTrip(VmConfig config) {
        return ConfigWriter.write(ConfigReader.read(config));
    }

    private static void assertEveryFieldSet(Message message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            assertThat(message.getAllFields()).as(field.getFullName()).containsKey(field);
            boolean single =
                    field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated();
            if (single) {
                assertEveryFieldSet((Message) message.getField(field));
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.isMapField()) {
                assertEveryFieldSet((Message) message.getRepeatedField(field, 0));
            }
        }
    }
}
