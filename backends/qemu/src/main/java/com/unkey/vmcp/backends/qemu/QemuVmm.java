package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.backends.adapter.ProcessEnd;
import com.unkey.vmcp.backends.adapter.Startup;
import com.unkey.vmcp.backends.qemu.qmp.QmpLink;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Sample.StorageCounters;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.port.VmmProcess;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** One QEMU with its one VM. */
final class QemuVmm implements Vmm, Startup.Newborn {

    private static final Logger log = LoggerFactory.getLogger(QemuVmm.class);

    private static final Duration QUERY_LIMIT = Duration.ofSeconds(2);
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(5);
    private static final Duration QUIT_ANSWER_LIMIT = Duration.ofSeconds(1);
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(3);

    private final VmmProcess process;
    private final RunFiles files;
    private final TapDevices tapDevices;
    private final List<String> taps;
    private final LastWords lastWords;
    private final QemuEvents events;
    private final QmpLink monitor;
    private final ProcessEnd end;
    private volatile List<Long> vcpuThreads = List.of();
    private volatile boolean stopped;

    QemuVmm(
            LaunchPlan plan,
            VmmProcess process,
            RunFiles files,
            TapDevices tapDevices,
            Runnable onChange) {
        this.process = process;
        this.files = files;
        this.tapDevices = tapDevices;
        this.taps = TapDevices.names(plan);
        this.lastWords = files.lastWords(plan);
        this.events = new QemuEvents(onChange);
        this.monitor = new QmpLink(files.monitor(), plan.shortId().value(), events);
        this.end = new ProcessEnd(QemuBinary.PROGRAM.title(), process, events::changed);
    }

    /** Begins to tell of changes, the exit of a process that is gone already included. */
    void watch() {
        events.watch();
        monitor.connect();
        if (end.told()) {
            events.changed();
        }
    }

    @Override
    public boolean ready(Duration limit) {
        if (!Files.exists(files.monitor())) {
            return false;
        }
        String status = status(limit);
        if (!(VmStatus.of(status) instanceof VmStatus.Prepared)) {
            throw VmException.vmmFailed("QEMU started with status " + status);
        }
        return true;
    }

    @Override
    public boolean exited() {
        return end.told();
    }

    @Override
    public String lastWords() {
        return lastWords.after(end.words());
    }

    /** The counters' baseline is durable before the guest can send anything. */
    @Override
    public void boot() {
        LaunchNote note =
                LaunchNote.load(files.note())
                        .orElseThrow(() -> VmException.unavailable("the VM was never launched"));
        note.withBaseline(tapDevices.counters(taps)).save(files.note());
        letRun();
    }

    @Override
    public void pause() {
        change("stop");
        String status = status(QUERY_LIMIT);
        if (!(VmStatus.of(status) instanceof VmStatus.Stopped)) {
            throw VmException.vmmFailed("the vCPUs were not stopped, QEMU's status is " + status);
        }
    }

    @Override
    public void resume() {
        letRun();
    }

    /** A guest that powers itself off at once has run all the same. */
    private void letRun() {
        change("cont");
        String status = status(QUERY_LIMIT);
        switch (VmStatus.of(status)) {
            case VmStatus.Running _, VmStatus.Off _ -> {}
            case VmStatus.Prepared _, VmStatus.Stopped _, VmStatus.Broken _ ->
                    throw VmException.vmmFailed("the vCPUs do not run, QEMU's status is " + status);
        }
    }

    @Override
    public void pressPowerButton() {
        change("system_powerdown");
    }

    /** A VM that does not run is left held by the reset, so it is let run in any case. */
    @Override
    public void reset() {
        CompletableFuture<Boolean> done = events.expectReset();
        change("system_reset");
        QemuEvents.await(done, CHANGE_LIMIT);
        letRun();
    }

    private void change(String command) {
        JsonNode _ = monitor.execute(command, CHANGE_LIMIT);
    }

    @Override
    public void stop() {
        stopped = true;
        quit();
        end.bringAbout();
    }

    /** Asks it to go, and waits for it where it says that it will. */
    private void quit() {
        if (!process.alive()) {
            return;
        }
        try {
            JsonNode _ = monitor.execute("quit", QUIT_ANSWER_LIMIT);
            boolean _ = process.awaitExit(QUIT_LIMIT);
        } catch (VmException e) {
            log.debug("quit was not answered", e);
            boolean _ = end.comesSoon();
        }
    }

    /** The monitor closes a moment before the process is gone, so a lost one is looked at twice. */
    @Override
    public Observation observe() {
        if (!process.alive()) {
            return gone();
        }
        try {
            return observation(status(QUERY_LIMIT));
        } catch (VmException e) {
            if (end.comesSoon()) {
                return gone();
            }
            throw e;
        }
    }

    private Observation observation(String status) {
        return switch (VmStatus.of(status)) {
            case VmStatus.Prepared _ -> new Observation.Prepared();
            case VmStatus.Running _ -> new Observation.Running();
            case VmStatus.Stopped _ -> new Observation.Paused();
            case VmStatus.Off _ ->
                    new Observation.PoweredOff(events.shutdown().orElse("the guest powered off"));
            case VmStatus.Broken(String why) -> new Observation.Gone(lastWords.after(why));
        };
    }

    private Observation gone() {
        if (stopped) {
            return new Observation.Gone("QEMU was told to quit");
        }
        return new Observation.Gone(
                events.shutdown()
                        .map(why -> why + ", " + end.words())
                        .orElseGet(() -> "QEMU ended without a word of shutdown, " + lastWords()));
    }

    private String status(Duration limit) {
        return monitor.execute("query-status", limit).path("status").asString("");
    }

    @Override
    public Sample sample() {
        long memory =
                process.residentBytes().orElseThrow(() -> VmException.unavailable("QEMU is gone"));
        StorageCounters storage = storage(monitor.execute("query-blockstats", QUERY_LIMIT));
        Map<String, Sample.NetworkCounters> baseline =
                LaunchNote.load(files.note()).map(LaunchNote::baseline).orElse(Map.of());
        return new Sample(
                process.cpuTime(vcpuThreads()), memory, tapDevices.since(baseline, taps), storage);
    }

    private static StorageCounters storage(JsonNode disks) {
        StorageCounters sum = StorageCounters.ZERO;
        for (JsonNode disk : disks) {
            JsonNode stats = disk.path("stats");
            sum =
                    sum.plus(
                            new StorageCounters(
                                    stats.path("rd_bytes").asLong(0),
                                    stats.path("wr_bytes").asLong(0),
                                    stats.path("rd_operations").asLong(0),
                                    stats.path("wr_operations").asLong(0)));
        }
        return sum;
    }

    /** They last as long as QEMU does: no processor is plugged or pulled. */
    private List<Long> vcpuThreads() {
        if (vcpuThreads.isEmpty()) {
            List<Long> found = new ArrayList<>();
            for (JsonNode vcpu : monitor.execute("query-cpus-fast", QUERY_LIMIT)) {
                found.add(vcpu.path("thread-id").asLong(0));
            }
            vcpuThreads = List.copyOf(found);
        }
        return vcpuThreads;
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.of(process.pid());
    }

    @Override
    public void close() {
        events.ignore();
        monitor.close();
    }
}
