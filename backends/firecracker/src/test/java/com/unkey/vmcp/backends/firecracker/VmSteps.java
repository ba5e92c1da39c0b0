package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The bench of the tests on what this backend owes, and what they do over and over. */
abstract class VmSteps {

    @TempDir Path directory;
    FcBench bench;

    abstract FcBench openBench(Path root) throws IOException;

    @BeforeEach
    final void open() throws IOException {
        bench = openBench(directory);
    }

    @AfterEach
    final void close() {
        if (bench != null) {
            bench.close();
        }
    }

    final FcBench bench() {
        return bench;
    }

    final Path directory() {
        return directory;
    }

    final Vmm launched(LaunchPlan plan) {
        return bench.hypervisor().launch(plan, () -> {});
    }

    final Vmm booted(LaunchPlan plan) {
        Vmm vmm = launched(plan);
        vmm.boot();
        comesUp(plan);
        return vmm;
    }

    final void comesUp(LaunchPlan plan) {
        Await.until("the guest counts", () -> bench.progress(plan) > 0);
    }

    final Vmm adopted(LaunchPlan plan) {
        return ((Adoption.Living) bench.hypervisor().adopt(plan, () -> {})).vmm();
    }

    final Path disk(String name) throws IOException {
        return Files.write(directory.resolve(name), new byte[1 << 20]);
    }

    final Path line(Tail tail) throws IOException {
        return MiniGuest.line("up\n", tail).writeTo(directory);
    }

    static <T extends Observation> T becomes(Vmm vmm, Class<T> kind) {
        AtomicReference<Observation> seen = new AtomicReference<>();
        try {
            return Await.value(
                    "it is " + kind.getSimpleName(),
                    () -> {
                        seen.set(vmm.observe());
                        return Optional.of(seen.get()).filter(kind::isInstance).map(kind::cast);
                    });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", it is " + seen.get(), e);
        }
    }

    final Vms resetting(String option) throws IOException {
        return Vms.of(line(Tail.RESET)).bootOptions(Map.of("on_guest_reset", option));
    }
}
