package com.unkey.vmcp.testkit.store;

import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ready-made records: a CREATED VM with one disk and one network interface, of which a test changes
 * what it is about. Two builders with different sequences never collide in an id.
 */
public final class SampleRecords {

    /** When every sample was created. */
    public static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.006007008Z");

    private final long sequence;
    private VmId id;
    private ShortId shortId;
    private BackendName backend = new BackendName("qemu");
    private VmDefinition definition = sampleDefinition();
    private VmState state = new VmState.Created();
    private Optional<Intent> intent = Optional.empty();
    private Optional<String> lastExit = Optional.empty();
    private Revision revision = Revision.first(CREATED);

    private SampleRecords(long sequence) {
        this.sequence = sequence;
        this.id = new VmId("vm-" + sequence);
        this.shortId = new ShortId("s%09d".formatted(sequence));
    }

    /** The record {@code vm-N} with sequence N, as CreateVm leaves it. */
    public static VmRecord numbered(long sequence) {
        return record(sequence).build();
    }

    /** Starts a record with the given sequence; everything else has a default. */
    public static SampleRecords record(long sequence) {
        return new SampleRecords(sequence);
    }

    public SampleRecords id(String value) {
        id = new VmId(value);
        return this;
    }

    public SampleRecords shortId(String value) {
        shortId = new ShortId(value);
        return this;
    }

    public SampleRecords backend(String name) {
        backend = new BackendName(name);
        return this;
    }

    public SampleRecords definition(VmDefinition other) {
        definition = other;
        return this;
    }

    public SampleRecords state(VmState other) {
        state = other;
        return this;
    }

    public SampleRecords intent(Intent begun) {
        intent = Optional.of(begun);
        return this;
    }

    public SampleRecords lastExit(String reason) {
        lastExit = Optional.of(reason);
        return this;
    }

    public SampleRecords revision(long number, Instant at) {
        revision = new Revision(number, at);
        return this;
    }

    public VmRecord build() {
        VmIdentity identity = new VmIdentity(id, shortId, sequence, backend, CREATED);
        return new VmRecord(identity, definition, state, intent, lastExit, revision);
    }

    /** What the samples are made of. */
    public static VmDefinition sampleDefinition() {
        return new VmDefinition(sampleSpec(), sampleFiles());
    }

    private static VmSpec sampleSpec() {
        Cpu cpu = new Cpu(2, 4, Optional.empty(), Map.of());
        Memory memory = new Memory(256L << 20, false, 0, Map.of());
        Boot boot = new Boot("/srv/vm/vmlinux", "/srv/vm/initrd", "console=ttyS0", Map.of());
        Disk disk = new Disk("root", "/srv/vm/root.img", false, true, "virtio-blk", Map.of());
        Nic nic = new Nic("net0", "02:00:00:00:00:01", "tap0", "virtio-net", Map.of());
        Console console = new Console(true, "/var/log/vm.log", "", "serial");
        Devices devices = new Devices(List.of(disk), List.of(nic), Optional.of(console));
        return new VmSpec(
                Optional.of(cpu),
                Optional.of(memory),
                Optional.of(boot),
                devices,
                Map.of("owner", "tests"));
    }

    private static GuestFiles sampleFiles() {
        return new GuestFiles(
                Path.of("/srv/vm/vmlinux"),
                Optional.of(Path.of("/srv/vm/initrd")),
                List.of(new DiskFile(Path.of("/srv/vm/root.img"), DiskFormat.RAW)),
                Optional.of(Path.of("/var/log/vm.log")));
    }
}
