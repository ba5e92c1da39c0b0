package com.unkey.vmcp.testkit.vmm;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * A played VMM as an executable, for daemons that start their VMMs themselves. VMMs inherit no
 * environment, so the script names everything it needs: this JVM's java and the class path.
 *
 * @param name what the executable is called
 * @param versionText what it prints for {@code --version}, which costs no JVM
 * @param main class whose {@code main} runs a {@link PlayedProgram}
 * @param version what it tells as its version
 */
public record PlayedScript(String name, String versionText, Class<?> main, String version) {

    /** Writes the executable into the directory. */
    public Path writeTo(Path directory) throws IOException {
        String script =
                """
                #!/bin/sh
                if [ "$1" = --version ]; then
                    echo '%1$s'
                    exit 0
                fi
                exec '%2$s' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx48m \\
                    -XX:-UsePerfData -D%3$s=%4$s -cp '%5$s' \\
                    %6$s "$@"
                """
                        .formatted(
                                versionText,
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                PlayedProgram.VERSION,
                                version,
                                classPath(),
                                main.getName());
        Path program = Files.writeString(directory.resolve(name), script);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The testkit's own classes and its JSON library, nothing else. */
    private String classPath() {
        return Stream.of(main, JsonMapper.class, JsonParser.class, JsonInclude.class)
                .map(PlayedScript::origin)
                .distinct()
                .collect(Collectors.joining(":"));
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the origin of " + type + " is no path", e);
        }
    }
}
