package com.unkey.vmcp.testkit.vmm;

import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/** A VMM that was started for a test, real or played, in a directory of its own. */
public abstract class ServedVmm implements RunningVmm {

    private final RunningVmm process;
    private final Path directory;

    /**
     * Takes over a process.
     *
     * @param directory where it runs and where its files are
     */
    protected ServedVmm(RunningVmm process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /** Its API's socket. */
    public abstract Path socket();

    /** A new connection to its API. */
    public abstract ApiSocket connect() throws IOException;

    /** A first question to its API; true where that is answered as it should be. */
    protected abstract boolean answers(ApiSocket api) throws IOException;

    /** Waits until the API is served or the process is gone; on failure it is killed. */
    public final void awaitApi() {
        try {
            Await.until("the API is served", this::servesOrIsGone);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private boolean servesOrIsGone() throws IOException {
        if (!alive()) {
            return true;
        }
        try (ApiSocket api = connect()) {
            return answers(api);
        }
    }

    /** Where it runs and where its files are. */
    public final Path directory() {
        return directory;
    }

    @Override
    public final long pid() {
        return process.pid();
    }

    @Override
    public final boolean alive() {
        return process.alive();
    }

    @Override
    public final OptionalInt awaitExit(Duration limit) {
        return process.awaitExit(limit);
    }

    @Override
    public final void terminate() {
        process.terminate();
    }

    @Override
    public final void kill() {
        process.kill();
    }
}
