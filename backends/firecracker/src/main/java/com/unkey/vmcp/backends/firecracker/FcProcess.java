package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.ProcessEnd;
import com.unkey.vmcp.backends.adapter.Startup;
import com.unkey.vmcp.backends.http.HttpLinks;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Firecracker process of ours, from its start or adoption to its end. */
final class FcProcess implements Startup.Newborn {

    private static final Logger log = LoggerFactory.getLogger(FcProcess.class);

    /** For a process whose guest has ended, and which has a last few things to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final VmmProcess process;
    private final Place place;
    private final Words words;
    private final FcApi api;
    private final ProcessEnd exit;
    private final Runnable onChange;
    private String version = "";
    private volatile boolean dismissed;
    private volatile Optional<Ending> hung = Optional.empty();
    private volatile Optional<Long> startedNanos = Optional.empty();
    private volatile Optional<Long> endedNanos = Optional.empty();

    /**
     * @param onChange called when the process has ended or may hang, unless it was dismissed
     */
    FcProcess(VmmProcess process, Place place, Words words, HttpLinks links, Runnable onChange) {
        this.process = process;
        this.place = place;
        this.words = words;
        this.onChange = onChange;
        this.api = new FcApi(links.open(place.socket(), this::silent), words::fit);
        this.exit = new ProcessEnd(Firecracker.PROGRAM.title(), process, this::ended);
    }

    private void ended() {
        endedNanos = Optional.of(System.nanoTime());
        tell();
    }

    /** A call that got no answer may have met a process that hangs, of which nobody else tells. */
    private void silent() {
        tell();
    }

    private void tell() {
        if (!dismissed) {
            onChange.run();
        }
    }

    FcApi api() {
        return api;
    }

    VmmProcess process() {
        return process;
    }

    @Override
    public boolean exited() {
        return exit.told();
    }

    @Override
    public String lastWords() {
        return words.after(exit.words());
    }

    @Override
    public boolean ready(Duration limit) {
        if (!Files.exists(place.socket())) {
            return false;
        }
        version = api.instance(limit).version();
        return true;
    }

    /**
     * Tells it of its guest; on failure nothing is left of the process.
     *
     * @param first done before that, for a process that is what it should be
     * @throws VmException where it is too old, or refuses a setting
     */
    void configure(List<Setting> settings, Runnable first) {
        try {
            // The program may have been replaced since it was asked for its version.
            var _ = Firecracker.VERSIONS.require(version);
            first.run();
            settings.forEach(api::set);
        } catch (RuntimeException e) {
            abandon(e);
            throw e;
        }
    }

    private void abandon(RuntimeException cause) {
        try {
            stop();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            close();
        }
    }

    /** Empty while it lives. */
    Optional<Ending> ending() {
        return process.alive() ? Optional.empty() : Optional.of(how());
    }

    /** Its socket closes a moment before the process is gone. One that hangs is ended. */
    Optional<Ending> endingSoon() {
        if (!exit.comesSoon()) {
            Optional<Ending> hanging = Ending.underWay(place.log(), words);
            if (hanging.isPresent() && !process.awaitExit(PATIENCE)) {
                log.warn("Firecracker {} hangs at the end of its guest; ending it", process.pid());
                hung = hanging;
                exit.force();
            }
        }
        return ending();
    }

    private Ending how() {
        return hung.orElseGet(this::byItsExit);
    }

    private Ending byItsExit() {
        return Ending.of(exit.code(), exit.words(), place.log(), words);
    }

    /** Its guest was started just now. */
    void started() {
        startedNanos = Optional.of(System.nanoTime());
    }

    /** How long the guest of an ended process ran; empty where nobody saw it start. */
    Optional<Duration> lifetime() {
        long end = endedNanos.orElseGet(System::nanoTime);
        return startedNanos.map(start -> Duration.ofNanos(end - start));
    }

    /** Ends it and lets go of it, and nobody is told. */
    void dismiss() {
        dismissed = true;
        stop();
        close();
    }

    /** It has nothing to put in order, and would not do so for a gentler signal. */
    @Override
    public void stop() {
        exit.force();
        removeSocket();
    }

    /** Firecracker leaves it. Whoever prepares for the next process tries again. */
    private void removeSocket() {
        try {
            Files.deleteIfExists(place.socket());
        } catch (IOException e) {
            log.warn("the socket of an ended Firecracker stays", e);
        }
    }

    @Override
    public void close() {
        api.close();
    }
}
