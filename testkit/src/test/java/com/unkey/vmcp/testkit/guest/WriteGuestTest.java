package com.unkey.vmcp.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WriteGuestTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(Machine.class)
    void knowsEveryMachineByAName(Machine machine) {
        String name = machine.name().toLowerCase(Locale.ROOT).replace('_', '-');
        assertThat(WriteGuest.machine(name)).isEqualTo(machine);
    }

    @Test
    void writesOneFile() throws Exception {
        WriteGuest.main(new String[] {"q35", directory.toString()});
        assertThat(directory.toFile().list()).hasSize(1);
        assertThat(Files.size(directory.resolve("tick-button-q35.elf"))).isGreaterThan(0x1000);
    }

    @Test
    void writesAGuestThatRests() throws Exception {
        WriteGuest.main(new String[] {"idle", directory.toString()});
        assertThat(directory.toFile().list()).containsExactly("line-halt.elf");
    }

    @Test
    void refusesOtherArguments() {
        assertThatThrownBy(() -> WriteGuest.main(new String[] {"q35"}))
                .hasMessage("arguments are GUEST DIRECTORY, not q35");
    }
}
