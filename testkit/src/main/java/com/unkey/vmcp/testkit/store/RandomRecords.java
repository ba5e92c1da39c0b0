package com.unkey.vmcp.testkit.store;

import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmRecord;
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
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Records of every shape, the same ones for the same seed. Texts contain what breaks careless
 * encoders: quotes, NUL, line ends, letters of other scripts, characters beyond 16 bits.
 */
public final class RandomRecords {

    private static final List<String> SNIPPETS =
            List.of("a", "Z9", " ", "\"", "\\", "'", "\0", "\n", "é", "世界", "\uD83D\uDE00", "/");

    private final Random random;

    public RandomRecords(long seed) {
        this.random = new Random(seed);
    }

    /** A record with the given sequence and the ids that {@link SampleRecords} has for it. */
    public VmRecord next(long sequence) {
        SampleRecords record =
                SampleRecords.record(sequence)
                        .backend(word())
                        .definition(new VmDefinition(spec(), files()))
                        .state(state())
                        .revision(random.nextLong(1, Long.MAX_VALUE), instant());
        maybe(this::intent).ifPresent(record::intent);
        maybe(this::text).ifPresent(record::lastExit);
        return record.build();
    }

    private VmState state() {
        return switch (any(VmState.Kind.values())) {
            case CREATED -> new VmState.Created();
            case RUNNING -> new VmState.Running(instant());
            case PAUSED -> new VmState.Paused(instant());
            case SHUTDOWN -> new VmState.Shutdown(text());
        };
    }

    private Intent intent() {
        return new Intent(new Operation(any(Action.values()), random.nextBoolean()), instant());
    }

    private VmSpec spec() {
        Devices devices = new Devices(some(this::disk), some(this::nic), maybe(this::console));
        return new VmSpec(maybe(this::cpu), maybe(this::memory), maybe(this::boot), devices, map());
    }

    private Cpu cpu() {
        return new Cpu(random.nextInt(), random.nextInt(), maybe(this::topology), map());
    }

    private Topology topology() {
        return new Topology(random.nextInt(), random.nextInt(), random.nextInt());
    }

    private Memory memory() {
        return new Memory(random.nextLong(), random.nextBoolean(), random.nextLong(), map());
    }

    private Boot boot() {
        return new Boot(text(), text(), text(), map());
    }

    private Disk disk() {
        return new Disk(text(), text(), random.nextBoolean(), random.nextBoolean(), text(), map());
    }

    private Nic nic() {
        return new Nic(text(), text(), text(), text(), map());
    }

    private Console console() {
        return new Console(random.nextBoolean(), text(), text(), text());
    }

    private GuestFiles files() {
        return new GuestFiles(path(), maybe(this::path), some(this::diskFile), maybe(this::path));
    }

    private DiskFile diskFile() {
        return new DiskFile(path(), any(DiskFormat.values()));
    }

    private Path path() {
        return Path.of("/srv", word(), word() + ".img");
    }

    /** To the nanosecond, some centuries around today. */
    private Instant instant() {
        return Instant.ofEpochSecond(
                random.nextLong(-1L << 33, 1L << 34), random.nextInt(1_000_000_000));
    }

    private Map<String, String> map() {
        Map<String, String> entries = new HashMap<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            entries.put(text(), text());
        }
        return entries;
    }

    private String text() {
        return Stream.generate(() -> SNIPPETS.get(random.nextInt(SNIPPETS.size())))
                .limit(random.nextInt(8))
                .reduce("", String::concat);
    }

    private String word() {
        return Integer.toString(random.nextInt(1 << 30), Character.MAX_RADIX);
    }

    private <T> List<T> some(Supplier<T> source) {
        return Stream.generate(source).limit(random.nextInt(4)).toList();
    }

    private <T> Optional<T> maybe(Supplier<T> source) {
        return random.nextBoolean() ? Optional.of(source.get()) : Optional.empty();
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
