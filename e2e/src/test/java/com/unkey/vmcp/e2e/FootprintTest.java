package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** How soon the launcher's daemon is ready and how much memory it holds. */
@Isolated
class FootprintTest {

    private static final Duration READY = Duration.ofMillis(1500);
    private static final long RESIDENT_KIB = 200 * 1024;

    @Test
    void readyAtOnce() {
        List<Duration> starts = new ArrayList<>();
        try (Home home = Home.make()) {
            for (int i = 0; i < 3; i++) {
                try (DaemonProcess daemon = DaemonProcess.start(home, Program.LAUNCHER)) {
                    starts.add(daemon.awaitReady().age());
                }
            }
        }
        System.out.println("daemon ready after " + starts);
        assertThat(Collections.min(starts)).isLessThan(READY);
    }

    @Test
    void smallAfterWork() throws Exception {
        try (Bench bench = Bench.start(Home.make(), Program.LAUNCHER)) {
            for (int i = 0; i < 20; i++) {
                String vm = "vm-" + i;
                bench.client().run(vm, VmConfigs.mini(bench.home()));
                bench.client().info(vm).ok();
                bench.client().force("DeleteVm", vm).ok();
            }
            long resident = residentKib(bench.daemon().pid());
            System.out.println("daemon resident after work: " + resident + " KiB");
            assertThat(resident).isLessThan(RESIDENT_KIB);
        }
    }

    /** As Firecracker needs its vmlinux, which takes memory while it is decompressed. */
    @Test
    void smallAfterABzImage() throws Exception {
        Home home = Home.make(Backend.FIRECRACKER);
        try (Bench bench = Bench.start(home, Program.LAUNCHER)) {
            String bzImage = LinuxGuest.find().bzImage().toString();
            VmConfigs config = VmConfigs.mini(home).with("boot", Map.of("kernel_path", bzImage));
            bench.client().create("packed", config).ok();
            bench.client().force("DeleteVm", "packed").ok();
            long resident = residentKib(bench.daemon().pid());
            System.out.println("daemon resident after a bzImage: " + resident + " KiB");
            assertThat(resident).isLessThan(RESIDENT_KIB);
        }
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
