package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import com.unkey.vmcp.core.vm.VmState;
import com.unkey.vmcp.store.StoredVm.Documents;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Texts in here are what is on users' disks: they may be added to, never changed. */
class DocumentsTest {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.006007008Z");

    private static final String DEFINITION =
            """
            {"version":1,"spec":{\
            "cpu":{"count":2,"max_count":4,\
            "topology":{"sockets":1,"cores_per_socket":2,"threads_per_core":1},\
            "features":{"f":"on"}},\
            "memory":{"size_bytes":8589934592,"hotplug":true,"max_size_bytes":17179869184,\
            "backing":{"b":"x"}},\
            "boot":{"kernel_path":"/k","initrd_path":"/i","kernel_args":"quiet","options":{"o":"1"}},\
            "disks":[{"id":"d0","path":"/d","read_only":true,"root":true,\
            "interface_type":"virtio-blk","options":{"format":"raw"}}],\
            "nics":[{"id":"n0","mac_address":"02:00:00:00:00:01","tap_device":"tap0",\
            "interface_type":"virtio-net","options":{"q":"2"}}],\
            "console":{"enabled":true,"output":"/c","input":"/in","type":"serial"},\
            "metadata":{"owner":"me"}},\
            "files":{"kernel":"/k","initrd":"/i","disks":[{"path":"/d","format":"QCOW2"}],\
            "console_output":"/c"}}""";

    @Test
    void definitionIsWrittenAsEverBefore() {
        assertThat(DefinitionDocument.write(fullDefinition())).isEqualTo(DEFINITION);
        assertThat(DefinitionDocument.read(DEFINITION)).isEqualTo(fullDefinition());
    }

    @Test
    void statesAreWrittenAsEverBefore() {
        assertState(new VmState.Created(), "{'version':1,'kind':'CREATED'}");
        assertState(new VmState.Running(TIME), "{'version':1,'kind':'RUNNING','booted_at':'%s'}");
        assertState(new VmState.Paused(TIME), "{'version':1,'kind':'PAUSED','booted_at':'%s'}");
        assertState(
                new VmState.Shutdown("killed"),
                "{'version':1,'kind':'SHUTDOWN','reason':'killed'}");
    }

    @Test
    void intentIsWrittenAsEverBefore() {
        Intent intent = new Intent(Operation.forced(Action.SHUTDOWN), TIME);
        String text = json("{'version':1,'action':'SHUTDOWN','force':true,'deadline':'%s'}");

        assertThat(IntentDocument.write(intent)).isEqualTo(text);
        assertThat(IntentDocument.read(text)).isEqualTo(intent);
    }

    @Test
    void actionsKeepTheirNames() {
        assertThat(Action.values())
                .extracting(Action::name)
                .containsExactly(
                        "CREATE", "BOOT", "PAUSE", "RESUME", "REBOOT", "SHUTDOWN", "DELETE");
    }

    @Test
    void fieldsThatAreNotKnownAreIgnored() {
        String added =
                DEFINITION
                        .replace("\"cpu\":{", "\"gpu\":{\"count\":[1]},\"cpu\":{\"numa\":null,")
                        .replace("\"files\":{", "\"files\":{\"firmware\":\"/f\",");

        assertThat(DefinitionDocument.read(added)).isEqualTo(fullDefinition());
    }

    @Test
    void fieldsThatAreMissingAreEmpty() {
        String text = json("{'version':1,'spec':{'cpu':{}},'files':{'kernel':'/k'}}");

        VmSpec spec =
                new VmSpec(
                        Optional.of(new Cpu(0, 0, Optional.empty(), Map.of())),
                        Optional.empty(),
                        Optional.empty(),
                        new Devices(List.of(), List.of(), Optional.empty()),
                        Map.of());
        GuestFiles files =
                new GuestFiles(Path.of("/k"), Optional.empty(), List.of(), Optional.empty());
        assertThat(DefinitionDocument.read(text)).isEqualTo(new VmDefinition(spec, files));
    }

    @Test
    void textsOfAnyLengthAreReadBack() {
        String huge = "k".repeat(200_000);
        VmSpec spec = withMetadata(Map.of(huge, huge));
        VmDefinition definition = new VmDefinition(spec, fullDefinition().files());

        assertThat(DefinitionDocument.read(DefinitionDocument.write(definition)))
                .isEqualTo(definition);
    }

    @Test
    void documentOfANewerVersionIsRefusedNamingTheVm() {
        assertUnreadable(json("{'version':2,'kind':'CREATED'}"), "document version 2");
    }

    @Test
    void documentThatMakesNoSenseIsRefusedNamingTheVm() {
        assertUnreadable(json("{'version':1,'kind':'FLYING'}"), "FLYING");
        assertUnreadable(json("{'version':1,'kind':'RUNNING','booted_at':'noon'}"), "noon");
        assertUnreadable(json("{'version':1,'kind':'RUNNING'}"), "booted_at");
        assertUnreadable("{", "vm-1");
    }

    private static void assertState(VmState state, String document) {
        assertThat(StateDocument.write(state)).isEqualTo(json(document));
        assertThat(StateDocument.read(json(document))).isEqualTo(state);
    }

    private static void assertUnreadable(String state, String reason) {
        StoredVm stored = StoredVm.of(SampleRecords.numbered(1));
        Documents documents = new Documents(DEFINITION, state, Optional.empty(), Optional.empty());
        StoredVm odd = new StoredVm(stored.identity(), documents, stored.revision());

        assertThatThrownBy(odd::toRecord)
                .isInstanceOf(VmException.class)
                .hasMessageContaining("vm-1")
                .hasMessageContaining(reason);
    }

    private static String json(String singleQuoted) {
        return singleQuoted.replace('\'', '"').replace("%s", TIME.toString());
    }

    private static VmSpec withMetadata(Map<String, String> metadata) {
        VmSpec spec = fullDefinition().spec();
        return new VmSpec(spec.cpu(), spec.memory(), spec.boot(), spec.devices(), metadata);
    }

    private static VmDefinition fullDefinition() {
        Cpu cpu = new Cpu(2, 4, Optional.of(new Topology(1, 2, 1)), Map.of("f", "on"));
        Memory memory = new Memory(8L << 30, true, 16L << 30, Map.of("b", "x"));
        Boot boot = new Boot("/k", "/i", "quiet", Map.of("o", "1"));
        Disk disk = new Disk("d0", "/d", true, true, "virtio-blk", Map.of("format", "raw"));
        Nic nic = new Nic("n0", "02:00:00:00:00:01", "tap0", "virtio-net", Map.of("q", "2"));
        Console console = new Console(true, "/c", "/in", "serial");
        Devices devices = new Devices(List.of(disk), List.of(nic), Optional.of(console));
        GuestFiles files =
                new GuestFiles(
                        Path.of("/k"),
                        Optional.of(Path.of("/i")),
                        List.of(new DiskFile(Path.of("/d"), DiskFormat.QCOW2)),
                        Optional.of(Path.of("/c")));
        VmSpec spec =
                new VmSpec(
                        Optional.of(cpu),
                        Optional.of(memory),
                        Optional.of(boot),
                        devices,
                        Map.of("owner", "me"));
        return new VmDefinition(spec, files);
    }
}
