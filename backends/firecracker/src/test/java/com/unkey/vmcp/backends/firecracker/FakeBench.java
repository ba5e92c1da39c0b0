package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.testkit.firecracker.FirecrackerFaults;
import com.unkey.vmcp.testkit.firecracker.InProcessFirecracker;
import com.unkey.vmcp.testkit.vmm.InProcessHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The fake program, in this JVM. */
final class FakeBench extends FcBench {

    private final Path root;
    private final Path program;
    private InProcessHost<FirecrackerFaults> host;

    private FakeBench(Path root) throws IOException {
        super(root);
        this.root = root;
        this.program = program(root, FirecrackerFaults.VERSION);
    }

    static FakeBench open(Path root) throws IOException {
        FakeBench bench = new FakeBench(root);
        bench.open();
        return bench;
    }

    /** What tells its version and nothing else: the host plays whatever it is told to start. */
    static Path program(Path directory, String version) throws IOException {
        Path script = directory.resolve("firecracker-" + version);
        Files.writeString(script, "#!/bin/sh\necho Firecracker v" + version + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    InProcessHost<FirecrackerFaults> fakes() {
        return host;
    }

    @Override
    Optional<Path> binary() {
        return Optional.of(program);
    }

    @Override
    ProcessHost openHost() {
        host = InProcessFirecracker.host(root.resolve("run"));
        return host;
    }

    /** What runs on in this JVM is found again on the same directory. */
    @Override
    void closeHost() {}
}
