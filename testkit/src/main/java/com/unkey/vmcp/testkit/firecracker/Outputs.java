package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Turns the log and the metrics to files, at the start or by request. */
final class Outputs {

    private final FcOptions options;
    private final FcLog log;
    private final FcMetrics metrics;

    Outputs(FcOptions options, FcLog log, FcMetrics metrics) {
        this.options = options;
        this.log = log;
        this.metrics = metrics;
    }

    /**
     * What the command line says of the log.
     *
     * @throws FcOptions.Unusable where it cannot be done
     */
    void logAsStarted() throws FcOptions.Unusable {
        Optional<String> level = options.level();
        if (level.isPresent()) {
            log.level(
                    FcLog.Level.named(level.get())
                            .orElseThrow(
                                    () ->
                                            new FcOptions.Unusable(
                                                    152,
                                                    "Invalid value for logger level: Failed to"
                                                            + " parse string to level filter: "
                                                            + level.get()
                                                            + ".Possible values: [Error, Warning,"
                                                            + " Info, Debug]",
                                                    "InvalidLogLevel"
                                                            + "(LevelFilterFromStrError(\""
                                                            + level.get()
                                                            + "\"))")));
        }
        log.showLevel(options.has("show-level"));
        Optional<Path> file = options.file("log-path");
        try {
            if (file.isPresent()) {
                log.writeTo(file.get());
            }
        } catch (IOException e) {
            throw new FcOptions.Unusable(
                    1,
                    "Could not initialize logger: Failed to open target file: "
                            + SystemError.told(e),
                    "LoggerInitialization(LoggerUpdateError(" + SystemError.told(e) + "))");
        }
    }

    /**
     * What the command line says of the metrics.
     *
     * @throws FcOptions.Unusable where it cannot be done
     */
    void metricsAsStarted() throws FcOptions.Unusable {
        Optional<Path> file = options.file("metrics-path");
        try {
            if (file.isPresent()) {
                metrics.writeTo(file.get());
            }
        } catch (IOException e) {
            throw new FcOptions.Unusable(
                    1,
                    "Could not initialize metrics: Cannot initialize the metrics system due to bad"
                            + " user input: "
                            + SystemError.told(e),
                    "MetricsInitialization(InitializationFailure(\""
                            + SystemError.told(e)
                            + "\"))");
        }
    }

    void log(ObjectNode body) {
        FcLog.Level level =
                FcLog.Level.named(body.path("level").asString("Info"))
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                "An error occurred when deserializing the json"
                                                        + " body of a request: Invalid LevelFilter"
                                                        + " at line 1 column 1."));
        try {
            if (body.has("log_path")) {
                log.writeTo(options.resolve(body.path("log_path").asString()));
            }
        } catch (IOException e) {
            throw new Refusal("Logger error: Failed to open target file: " + SystemError.told(e));
        }
        log.level(level);
        if (body.has("show_level")) {
            log.showLevel(body.path("show_level").asBoolean(false));
        }
    }

    void metrics(ObjectNode body) {
        String failure =
                "Metrics error: Cannot initialize the metrics system due to bad user input: ";
        try {
            metrics.writeTo(options.resolve(body.path("metrics_path").asString()));
        } catch (IOException e) {
            throw new Refusal(failure + SystemError.told(e));
        } catch (Refusal e) {
            throw new Refusal(failure + e.what());
        }
    }
}
