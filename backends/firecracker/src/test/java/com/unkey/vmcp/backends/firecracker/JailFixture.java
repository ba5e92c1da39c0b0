package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.testkit.firecracker.JailerProgram;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Jails by the real jailer, without the adapter; a daemon's worth of them. */
final class JailFixture implements AutoCloseable {

    static final JailSettings.IdRange UIDS = new JailSettings.IdRange(70001, 70003);
    static final JailSettings.IdRange GIDS = new JailSettings.IdRange(80001, 80003);

    private static final long OUTPUT_LIMIT = 1 << 20;

    private final StateDirectory state;
    private final LinuxProcessHost host;
    private final JailHousing housing;

    JailFixture(JailerProgram program, Path root, List<String> cgroups, Optional<Path> netns) {
        this(program, root, cgroups, netns, () -> {});
    }

    JailFixture(
            JailerProgram program,
            Path root,
            List<String> cgroups,
            Optional<Path> netns,
            Runnable spawnedHook) {
        state = StateDirectory.open(root.resolve("state"), "jail/fc.sock");
        host = LinuxProcessHost.open(state, OUTPUT_LIMIT, spawnedHook);
        JailSettings settings =
                new JailSettings(program.jailer(), UIDS, GIDS, chroot(root), cgroups, netns);
        housing = new JailHousing(settings, program::firecracker, host);
    }

    static Path chroot(Path root) {
        return root.resolve("jails");
    }

    JailHousing housing() {
        return housing;
    }

    LinuxProcessHost host() {
        return host;
    }

    Path runDirectory(LaunchPlan plan) {
        return host.runDirectory(plan.shortId());
    }

    Path console(LaunchPlan plan) {
        return runDirectory(plan).resolve("console.log");
    }

    Place furnish(LaunchPlan plan) {
        host.makeRunDirectory(plan.shortId());
        GuestFiles files = plan.definition().files();
        List<Path> disks = files.disks().stream().map(GuestFiles.DiskFile::path).toList();
        return housing.furnish(plan, List.of(files.kernel()), disks);
    }

    VmmProcess spawn(LaunchPlan plan, Place place) {
        Path errors = runDirectory(plan).resolve("fc.err");
        return host.spawn(
                new ProcessHost.Spawn(
                        new ProcessHost.VmmLaunch(
                                plan.shortId(), new BackendName("firecracker"), 1),
                        place.socket(),
                        place.command(),
                        errors,
                        List.of(errors, console(plan), place.log(), place.metrics()),
                        Optional.of(console(plan)),
                        place.enclosure()));
    }

    /** A process that serves and has not been told of its guest. */
    VmmProcess serving(LaunchPlan plan) throws IOException {
        Place place = furnish(plan);
        VmmProcess process = spawn(plan, place);
        awaitApi(plan, place, process);
        return process;
    }

    void awaitApi(LaunchPlan plan, Place place, VmmProcess process) throws IOException {
        Await.until(
                "API",
                () -> {
                    if (!process.alive()) {
                        throw new AssertionError(
                                Files.readString(runDirectory(plan).resolve("fc.err"))
                                        + Files.readString(console(plan)));
                    }
                    return serves(place);
                });
    }

    private static boolean serves(Place place) {
        try (ApiSocket api = ApiSocket.connect(place.socket(), "/")) {
            return api.get("version").status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /** Boots the guest and waits for its first word. */
    VmmProcess running(LaunchPlan plan) throws IOException {
        VmmProcess process = serving(plan);
        housing.settled(plan.shortId());
        boot(plan, housing.find(plan.shortId()));
        return process;
    }

    void boot(LaunchPlan plan, Place place) throws IOException {
        GuestFiles files = plan.definition().files();
        try (ApiSocket api = ApiSocket.connect(place.socket(), "/")) {
            put(api, "machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":64}");
            put(
                    api,
                    "boot-source",
                    "{\"kernel_image_path\":\"%s\"}"
                            .formatted(place.inside().apply(files.kernel())));
            for (GuestFiles.DiskFile disk : files.disks()) {
                String id = "disk" + files.disks().indexOf(disk);
                put(
                        api,
                        "drives/" + id,
                        "{\"drive_id\":\"%s\",\"is_root_device\":false,\"path_on_host\":\"%s\"}"
                                .formatted(id, place.inside().apply(disk.path())));
            }
            put(api, "actions", "{\"action_type\":\"InstanceStart\"}");
        }
        Await.until("guest", () -> Files.size(console(plan)) > 0);
    }

    private static void put(ApiSocket api, String endpoint, String body) throws IOException {
        var reply = api.put(endpoint, body);
        if (reply.status() != 204) {
            throw new AssertionError(endpoint + ": " + reply);
        }
    }

    /** As DeleteVm does. */
    void delete(LaunchPlan plan) {
        host.find(plan.shortId())
                .ifPresent(
                        process -> {
                            process.kill();
                            process.awaitExit(Await.LIMIT);
                        });
        housing.clear(plan.shortId());
        host.discard(plan.shortId());
    }

    /** Ends the daemon; VMMs live on. */
    @Override
    public void close() {
        host.close();
        state.close();
    }
}
