package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.VmmProcess.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Shows of a process what may be seen of it, and nothing that would end it. */
final class Foreigner implements ForeignProcess {

    private final HostedProcess process;
    private final Runnable onClose;

    /**
     * @param onClose run before the hold on the process is given up; more than once does no harm
     */
    Foreigner(HostedProcess process, Runnable onClose) {
        this.process = process;
        this.onClose = onClose;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean alive() {
        return process.alive();
    }

    @Override
    public void onExit(Consumer<Exit> callback) {
        process.onExit(callback);
    }

    @Override
    public Optional<Long> residentBytes() {
        return process.residentBytes();
    }

    @Override
    public Duration cpuTime(List<Long> threadIds) {
        return process.cpuTime(threadIds);
    }

    @Override
    public List<Long> threadsNamed(String prefix) {
        return process.threadsNamed(prefix);
    }

    @Override
    public void close() {
        onClose.run();
        process.letGo();
    }
}
