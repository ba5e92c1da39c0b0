package com.unkey.vmcp.e2e;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the programs of {@code clients/} ready to run. What they need comes from the registries of
 * their languages, pinned, and is kept in the user's cache; what is built from this project's own
 * sources goes below {@code target}. A tool that the machine lacks skips the test that asks.
 */
final class ClientPrograms {

    private static final Path SOURCES = DaemonProcess.PROJECT.resolve("clients");
    private static final Path BUILT = DaemonProcess.PROJECT.resolve("e2e/target/clients");

    private static final String GRPCURL = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4";

    private static final Duration QUESTION = Duration.ofSeconds(30);
    private static final Duration INSTALLATION = Duration.ofMinutes(4);

    private static final Set<Path> BUILT_BY_GO = new HashSet<>();
    private static Optional<Path> connectEs = Optional.empty();

    private ClientPrograms() {}

    static Command connectGo() {
        return goBuild(BUILT.resolve("connect-go"), Path.of("./clients/connect-go"));
    }

    /** Builds a program, given by its package or its file, with this project's module. Once. */
    static synchronized Command goBuild(Path program, Path source) {
        requireGo();
        if (!BUILT_BY_GO.contains(program)) {
            build(program, source);
            BUILT_BY_GO.add(program);
        }
        return Command.in(program.getParent(), program.toString());
    }

    private static void build(Path program, Path source) {
        makeDirectory(program.getParent());
        // "./" tells a directory of the module from a package of the standard library.
        String which = source.isAbsolute() ? source.toString() : "./" + source.normalize();
        go("build", "-buildvcs=false", "-o", program.toString(), which).succeed(INSTALLATION);
    }

    static Command grpcurl() {
        return Command.in(SOURCES, SOURCES.resolve("grpcurl/lifecycle.sh").toString())
                .with("GRPCURL", grpcurlDirectory().resolve("grpcurl").toString());
    }

    /** Where the program is. */
    static Path grpcurlDirectory() {
        requireGo();
        return ToolCache.made("grpcurl", GRPCURL, ClientPrograms::installGrpcurl);
    }

    private static void installGrpcurl(Path directory) {
        // Elsewhere than in this project, whose go.mod is not asked.
        Command.in(directory, "go", "install", GRPCURL)
                .with("GOBIN", directory.toString())
                .succeed(INSTALLATION);
    }

    static Command curl() {
        require("curl", Command.in(SOURCES, "curl", "--version"));
        return Command.in(SOURCES, SOURCES.resolve("curl/lifecycle.sh").toString());
    }

    static Command python() {
        return pythonInterpreter().and("lifecycle.py");
    }

    /** Python with the packages of the program. */
    static Command pythonInterpreter() {
        String facts = "import ensurepip, venv, sys; print(sys.version, sys.executable)";
        String found =
                require(
                        "python3 with its venv module",
                        Command.in(SOURCES, "python3", "-c", facts));
        Path sources = SOURCES.resolve("python");
        Path requirements = sources.resolve("requirements.txt");
        Path venv =
                ToolCache.made(
                        "python",
                        found + read(requirements),
                        directory -> installPython(directory, requirements));
        return Command.in(sources, venv.resolve("bin/python").toString())
                .with("PYTHONDONTWRITEBYTECODE", "1");
    }

    private static void installPython(Path venv, Path requirements) {
        Command.in(venv, "python3", "-m", "venv", venv.toString()).succeed(INSTALLATION);
        Command.in(venv, venv.resolve("bin/python").toString(), "-m", "pip", "install")
                .and("--no-deps", "--disable-pip-version-check", "-r", requirements.toString())
                .succeed(INSTALLATION);
    }

    static Command connectEs() {
        return Command.in(connectEsDirectory(), "node", "lifecycle.js");
    }

    /** Where the program lies beside the packages that it imports. Laid out once. */
    static synchronized Path connectEsDirectory() {
        Path directory = connectEs.orElseGet(ClientPrograms::layOutConnectEs);
        connectEs = Optional.of(directory);
        return directory;
    }

    private static Path layOutConnectEs() {
        String version = require("Node 20 or newer", Command.in(SOURCES, "node", "--version"));
        int major = Integer.parseInt(version.strip().replaceFirst("v(\\d+).*", "$1"));
        assumeTrue(major >= 20, "needs Node 20 or newer, and this is " + version.strip());
        require("npm", Command.in(SOURCES, "npm", "--version"));
        Path sources = SOURCES.resolve("connect-es");
        Path installed =
                ToolCache.made(
                        "connect-es",
                        read(sources.resolve("package-lock.json")),
                        directory -> installNode(directory, sources));
        Path program = BUILT.resolve("connect-es");
        copy(sources, program);
        link(program.resolve("node_modules"), installed.resolve("node_modules"));
        return program;
    }

    private static void installNode(Path directory, Path sources) {
        for (String file : new String[] {"package.json", "package-lock.json"}) {
            copyFile(sources.resolve(file), directory.resolve(file));
        }
        Command.in(directory, "npm", "ci", "--omit=dev", "--ignore-scripts", "--prefer-offline")
                .succeed(INSTALLATION);
    }

    private static void requireGo() {
        // Reads go.mod, so it fails where this Go is too old for it and cannot get a newer one.
        require("Go as new as go.mod says", go("list", "-m"));
    }

    private static Command go(String... arguments) {
        return Command.in(DaemonProcess.PROJECT, "go").and(arguments);
    }

    /** What the question answers; where it fails the test is skipped for want of the tool. */
    private static String require(String tool, Command question) {
        return question.tryRun(QUESTION)
                .filter(result -> result.code() == 0)
                .map(Command.Result::output)
                .orElseGet(() -> abort("needs " + tool));
    }

    private static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be made", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                copyFile(file, to.resolve(from.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(from + " cannot be copied", e);
        }
    }

    private static void copyFile(Path from, Path to) {
        makeDirectory(to.getParent());
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(from + " cannot be copied", e);
        }
    }

    private static void link(Path link, Path target) {
        try {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(link + " cannot be made", e);
        }
    }
}
