package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupsTest {

    private static final String V1 =
            """
            /dev/vda / ext4 rw 0 0
            cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
            cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
            """;

    @TempDir Path root;

    @Test
    void saysNothingOfGroupsWhereNoneAreAskedFor() throws Exception {
        assertThat(cgroups("").arguments()).isEmpty();
        assertThat(cgroups("").trouble()).isEmpty();
    }

    @Test
    void findsControllersOfVersionOne() throws Exception {
        Cgroups cgroups = cgroups(V1, "cpu.shares=512", "memory.limit_in_bytes=1073741824");
        assertThat(cgroups.trouble()).isEmpty();
        assertThat(cgroups.arguments())
                .containsExactly(
                        "--cgroup-version",
                        "1",
                        "--parent-cgroup",
                        Cgroups.PARENT,
                        "--cgroup",
                        "cpu.shares=512",
                        "--cgroup",
                        "memory.limit_in_bytes=1073741824");
    }

    @Test
    void findsControllersOfVersionTwo() throws Exception {
        Cgroups cgroups = cgroups(unified("cpuset cpu pids"), "cpu.max=50000 100000");
        assertThat(cgroups.trouble()).isEmpty();
        assertThat(cgroups.arguments()).contains("2", "cpu.max=50000 100000");
    }

    @Test
    void takesTheVersionThatHasTheControllersWhereBothAreMounted() throws Exception {
        assertThat(cgroups(V1 + unified("pids"), "pids.max=64").arguments()).contains("2");
        assertThat(cgroups(V1 + unified(""), "cpu.shares=2").arguments()).contains("1");
    }

    @Test
    void refusesControllersThatNoVersionHasTogether() throws Exception {
        assertThat(cgroups(V1 + unified("pids"), "pids.max=64", "cpu.shares=2").trouble())
                .hasValueSatisfying(
                        words ->
                                assertThat(words)
                                        .contains("UNKEY_VMCP_FC_JAILER_CGROUPS", "pids", "cpu"));
    }

    @Test
    void refusesWhatIsNoSetting() throws Exception {
        for (String wrong : List.of("cpu.shares", "shares=1", "cpu/../x.y=1", "cpu.shares=1=2")) {
            assertThat(cgroups(V1, wrong).trouble())
                    .hasValueSatisfying(words -> assertThat(words).contains(wrong));
        }
    }

    @Test
    void removesAVmsGroupFromEveryHierarchyAndNoOther() throws Exception {
        Path unified = Files.createDirectory(root.resolve("unified"));
        Path group = Files.createDirectories(unified.resolve(Cgroups.PARENT).resolve("vm"));
        Path other = Files.createDirectories(unified.resolve(Cgroups.PARENT).resolve("other"));
        Cgroups cgroups = cgroups(V1 + unified("pids"));
        cgroups.remove("vm");
        cgroups.remove("vm");
        assertThat(group).doesNotExist();
        assertThat(other).isDirectory();
    }

    private String unified(String controllers) throws IOException {
        Path directory = Files.createDirectories(root.resolve("unified"));
        Files.writeString(directory.resolve("cgroup.controllers"), controllers + "\n");
        return "cgroup2 %s cgroup2 rw 0 0\n".formatted(directory);
    }

    private Cgroups cgroups(String mounts, String... settings) throws IOException {
        return new Cgroups(List.of(settings), Files.writeString(root.resolve("mounts"), mounts));
    }
}
