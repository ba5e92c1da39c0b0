package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.vmm.RunningVmm;
import com.unkey.vmcp.testkit.vmm.ServedVmm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Firecracker that was started for a test, real or not. */
public class FirecrackerServer extends ServedVmm {

    /** What the log of a process has whose guest has crashed. */
    public static final String CRASH = "Unexpected exit reason on vcpu run: Shutdown";

    /** What every path of the API begins with. */
    public static final String API = "/";

    static final String SOCKET = "api.sock";
    static final String LOG = "log";
    static final String METRICS = "metrics";
    static final String SERIAL = "serial";
    static final String ERROR = "error";

    FirecrackerServer(RunningVmm process, Path directory) {
        super(process, directory);
    }

    @Override
    public final Path socket() {
        return directory().resolve(SOCKET);
    }

    @Override
    public final ApiSocket connect() throws IOException {
        return ApiSocket.connect(socket(), API);
    }

    @Override
    protected final boolean answers(ApiSocket api) throws IOException {
        return api.get("").status() == 200;
    }

    /**
     * What it has put on standard output so far: the guest's serial line, and the start's words.
     */
    public final String serial() {
        return read(SERIAL);
    }

    /** What it has put on standard error so far. */
    public final String error() {
        return read(ERROR);
    }

    public final String log() {
        return read(LOG);
    }

    /** The metrics written so far, a line each. */
    public final List<JsonNode> metrics() {
        String all = read(METRICS);
        return all.substring(0, all.lastIndexOf('\n') + 1)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    private String read(String file) {
        Path path = directory().resolve(file);
        try {
            return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new IllegalStateException(path + " cannot be read", e);
        }
    }
}
