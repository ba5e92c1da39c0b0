package com.unkey.vmcp.testkit.cloudhypervisor;

import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/** A device of a VM, with what it has counted since the VM's start. */
record Device(String id, Kind kind, int slot, Optional<DiskImage> image, AtomicLong uses) {

    private static final BigInteger NO_TIME = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    private static final long NO_AVERAGE = 1844674407370955L;
    private static final int BYTES_PER_USE = 4096;
    private static final int BYTES_PER_FRAME = 64;

    enum Kind {
        BLOCK,
        NET,
        OTHER
    }

    static Device of(String id, Kind kind, int slot, Optional<DiskImage> image) {
        return new Device(id, kind, slot, image, new AtomicLong());
    }

    String bdf() {
        return "0000:00:%02x.0".formatted(slot);
    }

    void use() {
        uses.incrementAndGet();
    }

    void close() {
        image.ifPresent(DiskImage::close);
    }

    /** Puts the device's counters under its id, if it is of a kind that counts. */
    void countInto(ObjectNode counters) {
        switch (kind) {
            case BLOCK -> countDisk(counters.putObject(id));
            case NET -> countNic(counters.putObject(id));
            case OTHER -> {}
        }
    }

    private void countDisk(ObjectNode counters) {
        long count = uses.get();
        for (String way : new String[] {"read", "write"}) {
            counters.put(way + "_bytes", count * BYTES_PER_USE).put(way + "_ops", count);
            if (count == 0) {
                counters.put(way + "_latency_min", NO_TIME).put(way + "_latency_max", NO_TIME);
                counters.put(way + "_latency_avg", NO_AVERAGE);
            } else {
                counters.put(way + "_latency_min", 3).put(way + "_latency_max", 40);
                counters.put(way + "_latency_avg", 9);
            }
        }
    }

    private void countNic(ObjectNode counters) {
        long count = uses.get();
        for (String way : new String[] {"rx", "tx"}) {
            counters.put(way + "_bytes", count * BYTES_PER_FRAME).put(way + "_frames", count);
        }
    }
}
