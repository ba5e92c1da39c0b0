package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds QEMU and asks it once what it is; again only when the file changes, as an upgrade does.
 * Thread-safe.
 */
final class QemuBinary {

    static final String NAME = "qemu-system-x86_64";
    static final String VARIABLE = "UNKEY_VMCP_QEMU_BINARY";
    static final String PACKAGE = "qemu-system-x86";

    private static final Logger log = LoggerFactory.getLogger(QemuBinary.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final int MAX_OUTPUT_BYTES = 1 << 20;
    private static final Pattern VERSION = Pattern.compile("version ([0-9]+(?:\\.[0-9]+)+)");
    private static final Pattern FLAGS =
            Pattern.compile("Recognized CPUID flags:\\s*\\n(.*)", Pattern.DOTALL);

    private final Optional<Path> named;
    private final String searchPath;
    private Optional<Known> known = Optional.empty();

    /**
     * @param searchPath directories with colons between, as in PATH
     */
    QemuBinary(Optional<Path> named, String searchPath) {
        this.named = named;
        this.searchPath = searchPath;
    }

    /**
     * A QEMU that can be started.
     *
     * @param cpuFlags names that its {@code -cpu} knows; empty where it does not tell
     */
    record Found(Path path, String version, Set<String> cpuFlags) {}

    private record Known(Found found, FileTime modified) {}

    /**
     * @throws VmException unavailable where there is none, with what to install or set
     */
    synchronized Found find() {
        Path path = locate();
        FileTime modified = modified(path);
        if (known.isPresent()
                && known.get().found().path().equals(path)
                && known.get().modified().equals(modified)) {
            return known.get().found();
        }
        Found found = new Found(path, version(path), cpuFlags(path));
        known = Optional.of(new Known(found, modified));
        return found;
    }

    private Path locate() {
        if (named.isPresent()) {
            return executable(named.get())
                    .orElseThrow(
                            () ->
                                    VmException.unavailable(
                                            "QEMU is not there: %s names %s, which is no executable"
                                                    .formatted(VARIABLE, named.get())));
        }
        return Arrays.stream(searchPath.split(":"))
                .filter(directory -> directory.startsWith("/"))
                .flatMap(directory -> executable(Path.of(directory, NAME)).stream())
                .findFirst()
                .orElseThrow(
                        () ->
                                VmException.unavailable(
                                        "QEMU is not there: no %s on PATH; install the package %s or set %s"
                                                .formatted(NAME, PACKAGE, VARIABLE)));
    }

    private static Optional<Path> executable(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path)
                ? Optional.of(path.toAbsolutePath())
                : Optional.empty();
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw VmException.unavailable("QEMU cannot be looked at: " + path.getFileName(), e);
        }
    }

    private static String version(Path path) {
        Matcher matcher = VERSION.matcher(ask(path, "--version"));
        if (!matcher.find()) {
            throw VmException.unavailable(
                    "%s is no QEMU: --version tells no version".formatted(path.getFileName()));
        }
        return matcher.group(1);
    }

    private static Set<String> cpuFlags(Path path) {
        Matcher matcher = FLAGS.matcher(ask(path, "-cpu", "help"));
        if (!matcher.find()) {
            log.info("{} does not tell the CPU flags it knows", path);
            return Set.of();
        }
        return Arrays.stream(matcher.group(1).trim().split("\\s+"))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String ask(Path path, String... arguments) {
        try {
            String[] command = new String[arguments.length + 1];
            command[0] = path.toString();
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            return output(builder.start());
        } catch (IOException e) {
            throw VmException.unavailable("%s cannot be run".formatted(path.getFileName()), e);
        }
    }

    private static String output(Process process) throws IOException {
        process.getOutputStream().close();
        var output = new CompletableFuture<String>();
        Thread.ofVirtual().name("qemu-question").start(() -> read(process, output));
        try {
            return output.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw VmException.unavailable("QEMU does not say what it is", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable("interrupted while QEMU was asked what it is", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void read(Process process, CompletableFuture<String> output) {
        try (var stream = process.getInputStream()) {
            byte[] bytes = stream.readNBytes(MAX_OUTPUT_BYTES);
            output.complete(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }
}
