package com.unkey.vmcp.testkit.cloudhypervisor;

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
 * Writes the fake as an executable, for daemons that start their VMMs themselves. VMMs inherit no
 * environment, so the script names everything it needs: this JVM's java and the class path.
 */
public final class FakeProgram {

    private FakeProgram() {}

    /** Writes {@code cloud-hypervisor} of the usual version into the directory. */
    public static Path writeTo(Path directory) throws IOException {
        return writeTo(directory, FakeFaults.VERSION);
    }

    /** Writes {@code cloud-hypervisor} of that version, such as {@code v53.0}. */
    public static Path writeTo(Path directory, String version) throws IOException {
        String script =
                """
                #!/bin/sh
                if [ "$1" = --version ]; then
                    echo 'cloud-hypervisor %1$s'
                    exit 0
                fi
                exec '%2$s' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx48m \\
                    -XX:-UsePerfData -D%3$s=%1$s -cp '%4$s' \\
                    %5$s "$@"
                """
                        .formatted(
                                version,
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                FakeCloudHypervisorProgram.VERSION_PROPERTY,
                                classPath(),
                                FakeCloudHypervisorProgram.class.getName());
        Path program = Files.writeString(directory.resolve("cloud-hypervisor"), script);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The fake's own classes and its JSON library, nothing else. */
    private static String classPath() {
        return Stream.of(
                        FakeCloudHypervisorProgram.class,
                        JsonMapper.class,
                        JsonParser.class,
                        JsonInclude.class)
                .map(FakeProgram::origin)
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
