package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where one daemon at a time lives: a short-named directory with its state, its guests' files and
 * its environment.
 */
final class Home implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private final Path root;
    private final Backend backend;
    private final Map<String, String> environment = new HashMap<>();
    private int starts;

    private Home(Path root, Backend backend) {
        this.root = root;
        this.backend = backend;
    }

    static Home make() {
        return make(Backend.QEMU);
    }

    static Home make(Backend backend) {
        backend.assumeThere();
        try {
            Home home = new Home(Files.createTempDirectory("vmcp").toRealPath(), backend);
            Files.createDirectories(home.files());
            return backend.configure(home)
                    .with("BACKEND", backend.id())
                    .with("ADDRESS", "127.0.0.1")
                    .with("PORT", "0")
                    .with("STATE_DIR", home.state().toString())
                    .with("CONSOLE_DIRS", home.files().toString());
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for a daemon can be made", e);
        }
    }

    /** The daemons to come can run VMs in further backends; the test is skipped without these. */
    Home withBackends(Backend... further) {
        for (Backend each : further) {
            each.assumeThere();
            try {
                Home _ = each.configure(this);
            } catch (IOException e) {
                throw new UncheckedIOException(each + " cannot be configured", e);
            }
        }
        return this;
    }

    /** Sets a variable for the daemons to be started from now on; its prefix is understood. */
    Home with(String name, String value) {
        environment.put("UNKEY_VMCP_" + name, value);
        return this;
    }

    /** As if the variable had never been set. */
    Home without(String name) {
        environment.remove("UNKEY_VMCP_" + name);
        return this;
    }

    /** The daemons to come speak TLS, with a certificate that no authority signed. */
    Home withTls() {
        try {
            X509Bundle made =
                    new CertificateBuilder()
                            .ecp256()
                            .subject("CN=vmm-controlplane")
                            .addSanIpAddress("127.0.0.1")
                            .setIsCertificateAuthority(true)
                            .buildSelfSigned();
            Path certificate = root.resolve("tls.crt");
            Path key = root.resolve("tls.key");
            Files.writeString(certificate, made.getCertificatePEM());
            Files.createFile(key, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(key, made.getPrivateKeyPEM());
            return with("TLS_CERT", certificate.toString()).with("TLS_KEY", key.toString());
        } catch (Exception e) {
            throw new AssertionError("no certificate can be made", e);
        }
    }

    /** What clients have to trust; empty where the daemon does not speak TLS. */
    Optional<Path> certificate() {
        return Optional.ofNullable(environment.get("UNKEY_VMCP_TLS_CERT")).map(Path::of);
    }

    /** Daemons find no other programs than those of this name; none of them is a VMM's. */
    Home withToolsAlone(String... tools) {
        try {
            Path directory = Files.createDirectories(root.resolve("tools"));
            for (String tool : tools) {
                Files.createSymbolicLink(directory.resolve(tool), onPath(tool));
            }
            environment.put("PATH", directory.toString());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("no directory of tools can be made", e);
        }
    }

    private static Path onPath(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + tool + " on PATH"));
    }

    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    Path root() {
        return root;
    }

    Path state() {
        return root.resolve("state");
    }

    Path run() {
        return state().resolve("run");
    }

    /** Kernels, disks and console outputs. */
    Path files() {
        return root.resolve("files");
    }

    /** What a daemon is to die at; see {@link FailPointMain}. */
    Path trap() {
        return root.resolve("trap");
    }

    /** A fresh file for what the next daemon says. */
    Path output(String kind) {
        return root.resolve("daemon-" + starts++ + "." + kind);
    }

    /** A kernel that counts and powers off at its button, as quick as a VM can be. */
    Path miniGuest() {
        return write(backend.guest());
    }

    /** The same for another backend than the default one. */
    Path miniGuest(Backend another) {
        return write(another.guest());
    }

    /** A kernel that counts and never looks at its power button. */
    Path stubbornGuest() {
        return write(MiniGuest.tick());
    }

    /** A kernel that prints a line and halts, which costs the host nothing any more. */
    Path idleGuest() {
        return write(MiniGuest.line("idle\n", MiniGuest.Tail.HALT));
    }

    private Path write(MiniGuest guest) {
        try {
            return guest.writeTo(files());
        } catch (IOException e) {
            throw new UncheckedIOException("the mini guest cannot be written", e);
        }
    }

    List<Path> runDirectories() {
        return Files.isDirectory(run()) ? entries(run()) : List.of();
    }

    static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be listed", e);
        }
    }

    /** Living processes that belong here: daemons and VMMs. */
    List<Long> processes() {
        return Processes.of(root);
    }

    /** Kills whatever lives here, so that one failed test does not fail others. */
    private void clear() {
        processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        Await.until("the processes of " + root + " to end", () -> processes().isEmpty());
    }

    /** Removes all of it; what the last daemon should not have left fails the test. */
    @Override
    public void close() {
        List<Long> leftProcesses = processes();
        List<Path> leftDirectories = runDirectories();
        clear();
        delete(root);
        assertThat(leftProcesses).as("processes left").isEmpty();
        assertThat(leftDirectories).as("run directories left").isEmpty();
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be removed", e);
        }
    }
}
