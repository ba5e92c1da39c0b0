package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Startup;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Starts one VM's processes, one after the other. */
final class ProcessStarter {

    private final Resources resources;
    private final LaunchPlan plan;
    private final RunFiles files;
    private final Runnable onChange;

    ProcessStarter(Resources resources, LaunchPlan plan, Runnable onChange) {
        this.resources = resources;
        this.plan = plan;
        this.files = resources.files(plan);
        this.onChange = onChange;
    }

    /** What is to be there before a process is started; there must be none that lives. */
    record Prepared(Path kernel, Place place) {}

    /**
     * Looks at the kernel alone.
     *
     * @throws com.unkey.vmcp.core.failure.VmException invalid where Firecracker cannot boot it
     */
    void requireKernel() {
        Path _ = kernel();
    }

    private Path kernel() {
        return resources.kernels().apply(plan.definition().files().kernel());
    }

    /** Clears away what the VM's last process left, and makes room for the next. */
    Prepared prepare() {
        Path kernel = kernel();
        Place place = resources.housing().furnish(plan, readOnly(kernel), disks(false));
        files.prepare();
        return new Prepared(kernel, place);
    }

    /** A new process that knows the VM and has not started its guest; on failure there is none. */
    FcProcess start(Prepared prepared) {
        Place place = prepared.place();
        FcProcess process = watched(resources.host().spawn(spawn(place)), place);
        // While it gets ready.
        List<Setting> settings =
                GuestConfig.of(plan.definition(), prepared.kernel(), place.inside());
        Startup.await(Firecracker.PROGRAM.title(), process);
        process.configure(settings, () -> resources.housing().settled(plan.shortId()));
        return process;
    }

    private ProcessHost.Spawn spawn(Place place) {
        return new ProcessHost.Spawn(
                new ProcessHost.VmmLaunch(plan.shortId(), Firecracker.NAME, plan.generation()),
                place.socket(),
                place.command(),
                files.errors(),
                files.outputs(place),
                Optional.of(files.standardOutput()),
                place.enclosure());
    }

    private List<Path> readOnly(Path kernel) {
        GuestFiles guest = plan.definition().files();
        List<Path> paths = new ArrayList<>(List.of(kernel));
        guest.initrd().ifPresent(paths::add);
        paths.addAll(disks(true));
        return paths;
    }

    private List<Path> disks(boolean readOnly) {
        List<Disk> disks = plan.definition().spec().devices().disks();
        List<DiskFile> images = plan.definition().files().disks();
        return IntStream.range(0, disks.size())
                .filter(i -> disks.get(i).readOnly() == readOnly)
                .mapToObj(i -> images.get(i).path())
                .toList();
    }

    /** A process that was started before. */
    FcProcess found(VmmProcess process) {
        return watched(process, place());
    }

    private FcProcess watched(VmmProcess process, Place place) {
        return new FcProcess(process, place, words(place), resources.links(), onChange);
    }

    /** How the last process ended that nobody watched to its end. */
    Ending unwatched() {
        return Ending.of(OptionalInt.empty(), "nobody watched how", place().log(), words(place()));
    }

    private Words words(Place place) {
        return new Words(plan, files, place);
    }

    private Place place() {
        return resources.housing().find(plan.shortId());
    }

    MetricsFile metrics() {
        return new MetricsFile(place().metrics(), DeviceIds.of(plan.definition().spec().devices()));
    }
}
