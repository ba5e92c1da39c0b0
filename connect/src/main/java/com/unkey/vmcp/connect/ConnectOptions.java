package com.unkey.vmcp.connect;

import com.google.protobuf.TypeRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** What a {@link ConnectService} is to keep to. Made by {@link #builder}. */
public final class ConnectOptions {

    private final Executor handlers;
    private final int maxMessageBytes;
    private final int maxCalls;
    private final Duration bodyTimeout;
    private final FieldNames fieldNames;
    private final TypeRegistry types;
    private final List<Compression> compressions;
    private final int compressFromBytes;

    private ConnectOptions(Builder from) {
        this.handlers = from.handlers;
        this.maxMessageBytes = positive("maxMessageBytes", from.maxMessageBytes);
        this.maxCalls = positive("maxCalls", from.maxCalls);
        this.bodyTimeout = from.bodyTimeout;
        if (!bodyTimeout.isPositive()) {
            throw new IllegalArgumentException("bodyTimeout must be above 0: " + bodyTimeout);
        }
        this.fieldNames = from.fieldNames;
        this.types = from.types;
        this.compressions = List.copyOf(from.compressions);
        this.compressFromBytes = from.compressFromBytes;
    }

    private static int positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be above 0: " + value);
        }
        return value;
    }

    /**
     * Options with their defaults.
     *
     * @param handlers runs decoding, interceptors and methods, and may be blocked by them; a
     *     virtual thread for each task suits
     */
    public static Builder builder(Executor handlers) {
        return new Builder(handlers);
    }

    Executor handlers() {
        return handlers;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    int maxCalls() {
        return maxCalls;
    }

    Duration bodyTimeout() {
        return bodyTimeout;
    }

    FieldNames fieldNames() {
        return fieldNames;
    }

    TypeRegistry types() {
        return types;
    }

    List<Compression> compressions() {
        return compressions;
    }

    int compressFromBytes() {
        return compressFromBytes;
    }

    /** Collects options. */
    public static final class Builder {
        private final Executor handlers;
        private int maxMessageBytes = 4 * 1024 * 1024;
        private int maxCalls = 1_024;
        private Duration bodyTimeout = Duration.ofSeconds(30);
        private FieldNames fieldNames = FieldNames.CAMEL;
        private TypeRegistry types = TypeRegistry.getEmptyTypeRegistry();
        private List<Compression> compressions = List.of(Compression.gzip());
        private int compressFromBytes;

        private Builder(Executor handlers) {
            this.handlers = handlers;
        }

        /** Largest request message in bytes, compressed and not; above 0, 4 MiB by default. */
        public Builder maxMessageBytes(int bytes) {
            maxMessageBytes = bytes;
            return this;
        }

        /** Calls under way at once, of all methods together; above 0, 1,024 by default. */
        public Builder maxCalls(int calls) {
            maxCalls = calls;
            return this;
        }

        /**
         * How long the body of a call may take to arrive; 30 s by default. Where a client streams,
         * this goes for each message from its first byte on.
         */
        public Builder bodyTimeout(Duration timeout) {
            bodyTimeout = timeout;
            return this;
        }

        /** How fields are named in JSON answers; {@link FieldNames#CAMEL} by default. */
        public Builder fieldNames(FieldNames names) {
            fieldNames = names;
            return this;
        }

        /** Types that {@code google.protobuf.Any} may hold in JSON; none by default. */
        public Builder types(TypeRegistry registry) {
            types = registry;
            return this;
        }

        /** Compressions spoken beside identity, the preferred one first; gzip by default. */
        public Builder compressions(List<Compression> all) {
            compressions = all;
            return this;
        }

        /** Answers shorter than this are sent as they are; 0, the default, compresses all. */
        public Builder compressFromBytes(int bytes) {
            compressFromBytes = bytes;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException naming the option that is out of range
         */
        public ConnectOptions build() {
            return new ConnectOptions(this);
        }
    }
}
