package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.cloudhypervisor.CloudHypervisor;
import com.unkey.vmcp.backends.cloudhypervisor.CloudHypervisorSettings;
import com.unkey.vmcp.backends.qemu.Machine;
import com.unkey.vmcp.backends.qemu.QemuHypervisor;
import com.unkey.vmcp.backends.qemu.QemuSettings;
import com.unkey.vmcp.backends.qemu.accel.Accelerator;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.testkit.host.FakeProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the page on what backends can do against what they do. */
class BackendSupportTest {

    private static final Path PAGE = Path.of("..", "docs", "backend-support.md");
    private static final Pattern ROW =
            Pattern.compile(
                    "\\| `([a-z]+)\\.([a-z_]+)\\.([a-z_]+)` \\| `([^`]+)` \\| (yes|no) \\| (yes|no) \\|");

    /** A line of the table of options. */
    record Row(String section, String map, String option, String value, boolean ch, boolean qemu) {

        private static Row of(Matcher row) {
            return new Row(
                    row.group(1),
                    row.group(2),
                    row.group(3),
                    row.group(4),
                    row.group(5).equals("yes"),
                    row.group(6).equals("yes"));
        }

        private Map<String, String> options(String inSection) {
            return section.equals(inSection) ? Map.of(option, value) : Map.of();
        }

        private VmSpec spec() {
            return new VmSpec(
                    Optional.of(new VmSpec.Cpu(1, 0, Optional.empty(), options("cpu"))),
                    Optional.of(new VmSpec.Memory(1 << 30, false, 0, options("memory"))),
                    Optional.of(new VmSpec.Boot("", "", "", options("boot"))),
                    new VmSpec.Devices(
                            List.of(
                                    new VmSpec.Disk(
                                            "d", "/d", false, false, "", options("storage"))),
                            List.of(new VmSpec.Nic("n", "", "", "", options("network"))),
                            Optional.empty()),
                    Map.of());
        }
    }

    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(Row::of);
    }

    @Test
    void thePageHasItsTable() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(15);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void cloudHypervisorTakesWhatThePageSays(Row row) {
        CloudHypervisorSettings settings =
                new CloudHypervisorSettings(
                        Optional.empty(), Optional.empty(), Path.of("/nonexistent"));
        try (CloudHypervisor backend = CloudHypervisor.open(new FakeProcesses(), settings)) {
            holds(backend, row, row.ch());
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void qemuTakesWhatThePageSays(Row row) {
        holds(
                QemuHypervisor.create(
                        new FakeProcesses(),
                        new QemuSettings(Optional.empty(), Machine.Q35, _ -> Accelerator.TCG)),
                row,
                row.qemu());
    }

    private static void holds(Hypervisor backend, Row row, boolean taken) {
        List<String> refused =
                backend.unsupported(row.spec()).stream().map(Violation::field).toList();
        if (taken) {
            assertThat(refused).isEmpty();
        } else {
            assertThat(refused).singleElement().asString().endsWith("." + row.option());
        }
    }
}
