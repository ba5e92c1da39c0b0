package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import java.util.List;

/**
 * Where records survive. A method that returns has made its change durable: it survives kill -9 of
 * the daemon and loss of power. One that throws {@link com.unkey.vmcp.core.failure.VmException} has
 * changed nothing; a full disk is {@code LimitReached}, any other trouble {@code Unavailable}.
 *
 * <p>Methods block and may be called on any thread, virtual ones included.
 */
public interface VmStore extends AutoCloseable {

    /** Everything that is stored, read once at start. */
    Contents load();

    /**
     * Adds a record.
     *
     * @throws com.unkey.vmcp.core.failure.VmException with {@code Duplicate} where the id is taken
     */
    void insert(VmRecord record);

    /**
     * Replaces the record of the same id.
     *
     * @throws com.unkey.vmcp.core.failure.VmException with {@code UnknownVm} where there is none
     */
    void update(VmRecord record);

    /** Removes a record; no error where there is none. */
    void delete(VmId id);

    @Override
    void close();

    /**
     * What a store holds.
     *
     * @param records in order of their sequence
     * @param lastSequence highest sequence ever stored, deleted records included; 0 at first
     * @param secret 32 random bytes, made once for each store; signs page tokens
     */
    record Contents(List<VmRecord> records, long lastSequence, Secret secret) {
        public Contents {
            records = List.copyOf(records);
        }
    }

    /** Bytes that nobody else knows. */
    final class Secret {
        private final byte[] bytes;

        public Secret(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        public byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public String toString() {
            return "Secret[" + bytes.length + " bytes]";
        }
    }
}
