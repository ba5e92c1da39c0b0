package com.unkey.vmcp.store;

import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that writes until it is killed. Prints {@code <sequence> <revision>} for each write
 * that was acknowledged.
 */
final class CrashingWriter {

    private static final int THREADS = 8;

    private CrashingWriter() {}

    /** Takes the directory and the first sequence to use. */
    public static void main(String[] args) throws InterruptedException {
        SqliteVmStore store = SqliteVmStore.open(Path.of(args[0]));
        AtomicLong sequence = new AtomicLong(Long.parseLong(args[1]));
        for (int i = 1; i < THREADS; i++) {
            Thread.ofPlatform().daemon().start(() -> writeForEver(store, sequence));
        }
        writeForEver(store, sequence);
    }

    private static void writeForEver(SqliteVmStore store, AtomicLong sequence) {
        while (true) {
            VmRecord record = SampleRecords.numbered(sequence.getAndIncrement());
            store.insert(record);
            acknowledge(record);
            VmRecord running = record.settle(new VmState.Running(Instant.EPOCH), Instant.EPOCH);
            store.update(running);
            acknowledge(running);
        }
    }

    /** In one write each, so that a line is whole or not there. */
    private static void acknowledge(VmRecord record) {
        System.out.println(record.identity().sequence() + " " + record.revision().number());
    }
}
