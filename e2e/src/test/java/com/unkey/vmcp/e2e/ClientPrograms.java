package com.unkey.vmcp.e2e;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
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

    private ClientPrograms() {}

    static Command connectGo() {
        requireGo();
        Path program = BUILT.resolve("connect-go");
        Command build =
                go("build", "-buildvcs=false", "-o", program.toString(), "./clients/connect-go");
        build.succeed(INSTALLATION);
        return Command.in(BUILT, program.toString());
    }

    static Command grpcurl() {
        requireGo();
        Path installed =
                ToolCache.made(
                        "grpcurl",
                        GRPCURL,
                        directory ->
                                // Elsewhere than in this project, whose go.mod is not asked.
                                Command.in(directory, "go", "install", GRPCURL)
                                        .with("GOBIN", directory.toString())
                                        .succeed(INSTALLATION));
        return Command.in(SOURCES, SOURCES.resolve("grpcurl/lifecycle.sh").toString())
                .with("GRPCURL", installed.resolve("grpcurl").toString());
    }

    static Command curl() {
        require("curl", Command.in(SOURCES, "curl", "--version"));
        return Command.in(SOURCES, SOURCES.resolve("curl/lifecycle.sh").toString());
    }

    static Command python() {
        String interpreter =
                require(
                        "python3 with its venv module",
                        Command.in(
                                SOURCES,
                                "python3",
                                "-c",
                                "import ensurepip, venv, sys; print(sys.version, sys.executable)"));
        Path sources = SOURCES.resolve("python");
        Path requirements = sources.resolve("requirements.txt");
        Path venv =
                ToolCache.made(
                        "python",
                        interpreter + read(requirements),
                        directory -> installPython(directory, requirements));
        return Command.in(sources, venv.resolve("bin/python").toString(), "lifecycle.py")
                .with("PYTHONDONTWRITEBYTECODE", "1");
    }

    private static void installPython(Path venv, Path requirements) {
        Command.in(venv, "python3", "-m", "venv", venv.toString()).succeed(INSTALLATION);
        Command.in(venv, venv.resolve("bin/python").toString(), "-m", "pip", "install")
                .and("--no-deps", "--disable-pip-version-check", "-r", requirements.toString())
                .succeed(INSTALLATION);
    }

    static Command connectEs() {
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
        return Command.in(program, "node", "lifecycle.js");
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
        try {
            Files.createDirectories(to.getParent());
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
