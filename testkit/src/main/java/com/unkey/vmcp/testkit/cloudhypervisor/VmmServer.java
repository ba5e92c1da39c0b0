package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.vmm.RunningVmm;
import com.unkey.vmcp.testkit.vmm.ServedVmm;
import java.io.IOException;
import java.nio.file.Path;

/** A Cloud Hypervisor that was started for a test, real or not. */
public class VmmServer extends ServedVmm {

    /** What every path of the API begins with. */
    public static final String API = "/api/v1/";

    static final String SOCKET = "api.sock";
    static final String EVENTS = "events";
    static final String LOG = "log";
    static final String OUTPUT = "out";

    VmmServer(RunningVmm process, Path directory) {
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
        return api.get("vmm.ping").status() == 200;
    }

    /** The events it has told so far. */
    public final EventFile events() {
        return new EventFile(directory().resolve(EVENTS));
    }
}
