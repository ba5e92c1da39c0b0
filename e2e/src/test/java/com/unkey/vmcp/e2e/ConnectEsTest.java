package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.unkey.vmcp.api.v1.VmConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** connect-es on Node, in all it can speak, and with the transports that it has for browsers. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class ConnectEsTest {

    private static final Pattern DESCRIPTOR = Pattern.compile("fileDesc\\(\"([^\"]*)\"");

    @RegisterExtension static final ClientDaemon DAEMON = ClientDaemon.plain();

    private static final ClientTour TOUR = new ClientTour(DAEMON, ClientPrograms::connectEs);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect",
                "connect-h2",
                "connect-json",
                "connect-json-h2",
                "connect-get",
                "connect-get-json",
                "connect-gzip",
                "grpc",
                "grpc-json",
                "grpc-gzip",
                "grpc-web",
                "grpc-web-h2",
                "grpc-web-json",
                "browser-connect",
                "browser-connect-get",
                "browser-grpc-web"
            })
    void takesAVmThroughItsLife(String flavour) {
        TOUR.take(flavour);
    }

    /** The committed code carries the API's descriptor, which is the one that the build made. */
    @Test
    void generatedCodeIsOfThisApi() throws IOException {
        String code =
                Files.readString(
                        DaemonProcess.PROJECT.resolve("clients/connect-es/gen/vmm/v1/vm_pb.js"));
        Matcher descriptor = DESCRIPTOR.matcher(code);
        assertThat(descriptor.find()).isTrue();
        FileDescriptorProto generated =
                FileDescriptorProto.parseFrom(Base64.getDecoder().decode(descriptor.group(1)));
        FileDescriptorProto built = VmConfig.getDescriptor().getFile().toProto();
        assertThat(generated.getMessageTypeList()).isEqualTo(built.getMessageTypeList());
        assertThat(generated.getEnumTypeList()).isEqualTo(built.getEnumTypeList());
        assertThat(generated.getServiceList()).isEqualTo(built.getServiceList());
    }
}
