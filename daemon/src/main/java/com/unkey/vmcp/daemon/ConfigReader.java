package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.connect.FieldNames;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.rpc.CorsOrigins;
import com.unkey.vmcp.rpc.ServerSettings;
import com.unkey.vmcp.rpc.tls.TlsFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes the configuration of the environment, or says all that is wrong with it. */
final class ConfigReader {

    private static final long KIBI = 1L << 10;
    private static final long MEBI = 1L << 20;

    private final Variables variables;
    private final Map<String, String> environment;
    private final boolean root;
    private final List<Backend> backends;

    /**
     * A reader.
     *
     * @param root whether the daemon runs as root, which decides where its state is kept
     * @param backends those that the daemon has, at least one, the default first
     */
    ConfigReader(Map<String, String> environment, boolean root, List<Backend> backends) {
        this.variables = new Variables(environment);
        this.environment = Map.copyOf(environment);
        this.root = root;
        this.backends = List.copyOf(backends);
    }

    /**
     * Reads all variables.
     *
     * @throws ConfigException where any is wrong, naming each
     */
    Config read() {
        Config config = new Config(listen(), api(), backend(), configured(), host(), telemetry());
        if (!variables.errors().isEmpty()) {
            throw new ConfigException(variables.errors());
        }
        return config;
    }

    /** All variables that were read, whether they are set or not. */
    Set<String> known() {
        return variables.asked();
    }

    /** Variables that are set and mean nothing to this version. */
    List<String> unknown() {
        return variables.unknown();
    }

    private Config.Listen listen() {
        return new Config.Listen(
                variables.address("ADDRESS", "0.0.0.0"),
                (int) variables.number("PORT", 0, 65_535, 8080),
                variables.socket("LISTEN_SOCKET"),
                tls());
    }

    /** A certificate and its key come together, and a CA for clients makes no sense without. */
    private Optional<TlsFiles> tls() {
        Optional<TlsFiles.NamedFile> certificate = file("TLS_CERT", variables.path("TLS_CERT"));
        Optional<TlsFiles.NamedFile> key = file("TLS_KEY", variables.path("TLS_KEY"));
        Optional<TlsFiles.NamedFile> clientCa =
                file("TLS_CLIENT_CA", variables.path("TLS_CLIENT_CA"));
        if (certificate.isPresent() && key.isPresent()) {
            return Optional.of(new TlsFiles(certificate.get(), key.get(), clientCa));
        }
        Stream.of(certificate, key, clientCa)
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(file -> variables.error(file + ": " + needed(certificate, key)));
        return Optional.empty();
    }

    private static String needed(Optional<?> certificate, Optional<?> key) {
        List<String> missing = new ArrayList<>();
        if (certificate.isEmpty()) {
            missing.add(Variables.PREFIX + "TLS_CERT");
        }
        if (key.isEmpty()) {
            missing.add(Variables.PREFIX + "TLS_KEY");
        }
        return "needs " + String.join(" and ", missing);
    }

    private static Optional<TlsFiles.NamedFile> file(String name, Optional<Path> path) {
        return path.map(set -> new TlsFiles.NamedFile(Variables.PREFIX + name, set));
    }

    private Config.Api api() {
        return new Config.Api(
                variables
                        .parsed("JSON_NAMES", "proto or camel", ConfigReader::fieldNames)
                        .orElse(FieldNames.PROTO),
                (int)
                        variables.number(
                                "MAX_MESSAGE_BYTES",
                                KIBI,
                                256 * MEBI,
                                ServerSettings.DEFAULT_MAX_MESSAGE_BYTES),
                (int) variables.number("MAX_CALLS", 1, 1_000_000, ServerSettings.DEFAULT_MAX_CALLS),
                variables
                        .parsed(
                                "CORS_ORIGINS",
                                "origins as https://app.example.com with commas between, or *",
                                CorsOrigins::parse)
                        .orElse(CorsOrigins.none()),
                variables.flag("REFLECTION", false));
    }

    private static FieldNames fieldNames(String value) {
        return switch (value) {
            case "proto" -> FieldNames.PROTO;
            case "camel" -> FieldNames.CAMEL;
            default -> throw new IllegalArgumentException("neither proto nor camel");
        };
    }

    private BackendName backend() {
        List<String> names = backends.stream().map(each -> each.name().value()).toList();
        String name = variables.text("BACKEND").orElse(names.getFirst());
        if (!names.contains(name)) {
            variables.error(
                    "unsupported backend type: %s%nUNKEY_VMCP_BACKEND: accepted by this version: %s"
                            .formatted(name, String.join(", ", names)));
        }
        return new BackendName(name);
    }

    private List<Config.Configured> configured() {
        return backends.stream()
                .map(each -> new Config.Configured(each, each.read(variables)))
                .toList();
    }

    private Config.Host host() {
        return new Config.Host(
                variables.path("STATE_DIR").orElseGet(this::defaultStateDirectory),
                variables.path("DEFAULT_KERNEL"),
                variables.paths("ALLOWED_PATHS", List.of()),
                variables.paths("CONSOLE_DIRS", List.of(Path.of("/var/log"), Path.of("/tmp"))),
                variables.number("CONSOLE_MAX_BYTES", MEBI / 16, 1L << 40, 16 * MEBI));
    }

    private Path defaultStateDirectory() {
        if (root) {
            return Path.of("/var/lib/vmm-controlplane");
        }
        return Optional.ofNullable(environment.get("XDG_STATE_HOME"))
                .filter(value -> value.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
                .resolve("vmm-controlplane");
    }

    private Config.Telemetry telemetry() {
        variables.text("OTEL_SERVICE_NAME");
        variables.text("OTEL_SERVICE_VERSION");
        variables.fraction("OTEL_SAMPLING_RATE");
        variables.hostAndPort("OTEL_ENDPOINT");
        variables.flag("OTEL_PROMETHEUS_ENABLED", true);
        variables.number("OTEL_PROMETHEUS_PORT", 0, 65_535, 9464);
        return new Config.Telemetry(variables.flag("OTEL_ENABLED", false));
    }
}
