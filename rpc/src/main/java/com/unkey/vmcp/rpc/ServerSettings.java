package com.unkey.vmcp.rpc;

import com.unkey.vmcp.connect.FieldNames;
import com.unkey.vmcp.rpc.tls.TlsFiles;
import com.unkey.vmcp.rpc.transport.TransportSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the server is to keep to.
 *
 * @param version of the daemon, as health answers it
 * @param transport where to listen, and what connections may do
 * @param calls what calls may do
 * @param browsers which pages may call
 * @param reflection whether clients may ask which services there are
 * @param healthInterval between two looks at the health that is told to those who watch it
 * @param stopTimeout how long calls under way are waited for at stop
 */
public record ServerSettings(
        String version,
        TransportSettings transport,
        Calls calls,
        CorsOrigins browsers,
        boolean reflection,
        Duration healthInterval,
        Duration stopTimeout) {

    public static final int DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
    public static final int DEFAULT_MAX_CALLS = 1024;

    /**
     * Limits of calls.
     *
     * @param maxMessageBytes largest request message, once it is unpacked
     * @param maxCalls under way at once
     * @param bodyTimeout how long a request body may take to arrive
     */
    public record Calls(
            FieldNames fieldNames, int maxMessageBytes, int maxCalls, Duration bodyTimeout) {}

    /** Settings of which only these two are a matter of the place. */
    public static ServerSettings of(InetSocketAddress address, String version) {
        return builder(address, version).build();
    }

    /** Settings with the defaults of everything else. */
    public static Builder builder(InetSocketAddress address, String version) {
        return new Builder(address, version);
    }

    /** Sets one by one what is to differ from the defaults. */
    public static final class Builder {

        /** Far more than clients have; keeps one that leaks connections from taking all files. */
        private static final int MAX_CONNECTIONS = 4096;

        private final InetSocketAddress address;
        private final String version;
        private Optional<Path> socket = Optional.empty();
        private Optional<TlsFiles> tls = Optional.empty();
        private Duration tlsInterval = Duration.ofSeconds(1);
        private Duration headerTimeout = Duration.ofSeconds(10);
        // Longer than clients keep idle connections in their pools: they are to be first.
        private Duration idleTimeout = Duration.ofMinutes(5);
        private int maxConnections = MAX_CONNECTIONS;
        private FieldNames fieldNames = FieldNames.PROTO;
        private int maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
        private int maxCalls = DEFAULT_MAX_CALLS;
        private Duration bodyTimeout = Duration.ofSeconds(30);
        private CorsOrigins browsers = CorsOrigins.none();
        private boolean reflection;
        private Duration healthInterval = Duration.ofSeconds(1);
        private Duration stopTimeout = Duration.ofSeconds(5);

        private Builder(InetSocketAddress address, String version) {
            this.address = address;
            this.version = version;
        }

        /** Listens on a unix socket too. */
        public Builder socket(Path path) {
            socket = Optional.of(path);
            return this;
        }

        /** Speaks TLS on the TCP port, and nothing else there. */
        public Builder tls(TlsFiles files) {
            tls = Optional.of(files);
            return this;
        }

        /** How often the files of TLS are looked at. */
        public Builder tlsInterval(Duration interval) {
            tlsInterval = interval;
            return this;
        }

        /** How long headers and handshakes may take. */
        public Builder headerTimeout(Duration timeout) {
            headerTimeout = timeout;
            return this;
        }

        /** How long a connection without a call is kept. */
        public Builder idleTimeout(Duration timeout) {
            idleTimeout = timeout;
            return this;
        }

        /** How many connections there may be. */
        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        /** How fields are named in JSON. */
        public Builder fieldNames(FieldNames names) {
            fieldNames = names;
            return this;
        }

        /** How large a request message may be. */
        public Builder maxMessageBytes(int bytes) {
            maxMessageBytes = bytes;
            return this;
        }

        /** How many calls may be under way. */
        public Builder maxCalls(int calls) {
            maxCalls = calls;
            return this;
        }

        /** How long a request body may take. */
        public Builder bodyTimeout(Duration timeout) {
            bodyTimeout = timeout;
            return this;
        }

        /** Which pages may call. */
        public Builder browsers(CorsOrigins origins) {
            browsers = origins;
            return this;
        }

        /** Whether clients may ask which services there are. */
        public Builder reflection(boolean on) {
            reflection = on;
            return this;
        }

        /** How often the health that is told to watchers is looked at. */
        public Builder healthInterval(Duration interval) {
            healthInterval = interval;
            return this;
        }

        /** How long calls under way are waited for at stop. */
        public Builder stopTimeout(Duration timeout) {
            stopTimeout = timeout;
            return this;
        }

        /** The settings as they are now. */
        public ServerSettings build() {
            return new ServerSettings(
                    version,
                    new TransportSettings(
                            address,
                            socket,
                            tls,
                            headerTimeout,
                            idleTimeout,
                            tlsInterval,
                            maxConnections,
                            // More than may be under way, so that the refusal reaches the client.
                            2 * maxCalls),
                    new Calls(fieldNames, maxMessageBytes, maxCalls, bodyTimeout),
                    browsers,
                    reflection,
                    healthInterval,
                    stopTimeout);
        }
    }
}
