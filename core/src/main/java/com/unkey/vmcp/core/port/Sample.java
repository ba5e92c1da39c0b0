package com.unkey.vmcp.core.port;

import java.time.Duration;

/**
 * What a VM has used since BootVm.
 *
 * @param cpuTime time its vCPUs have run, all together
 * @param memoryBytes host memory its VMM holds now
 */
public record Sample(
        Duration cpuTime, long memoryBytes, NetworkCounters network, StorageCounters storage) {

    /** Network traffic as the guest sees it. */
    public record NetworkCounters(
            long bytesReceived,
            long bytesTransmitted,
            long packetsReceived,
            long packetsTransmitted) {

        public static final NetworkCounters ZERO = new NetworkCounters(0, 0, 0, 0);

        public NetworkCounters plus(NetworkCounters other) {
            return new NetworkCounters(
                    bytesReceived + other.bytesReceived,
                    bytesTransmitted + other.bytesTransmitted,
                    packetsReceived + other.packetsReceived,
                    packetsTransmitted + other.packetsTransmitted);
        }

        /** What came since {@code base}; a counter that went back counts from 0. */
        public NetworkCounters since(NetworkCounters base) {
            return new NetworkCounters(
                    grown(bytesReceived, base.bytesReceived),
                    grown(bytesTransmitted, base.bytesTransmitted),
                    grown(packetsReceived, base.packetsReceived),
                    grown(packetsTransmitted, base.packetsTransmitted));
        }

        private static long grown(long now, long before) {
            return now >= before ? now - before : now;
        }
    }

    /** Disk traffic. */
    public record StorageCounters(
            long bytesRead, long bytesWritten, long readOperations, long writeOperations) {

        public static final StorageCounters ZERO = new StorageCounters(0, 0, 0, 0);

        public StorageCounters plus(StorageCounters other) {
            return new StorageCounters(
                    bytesRead + other.bytesRead,
                    bytesWritten + other.bytesWritten,
                    readOperations + other.readOperations,
                    writeOperations + other.writeOperations);
        }
    }
}
