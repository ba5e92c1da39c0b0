package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A Cloud Hypervisor that was started for a test, real or not, in a directory of its own. Closing
 * it kills what still lives.
 */
public interface VmmServer extends AutoCloseable {

    /** What every path of the API begins with. */
    String API = "/api/v1/";

    String SOCKET = "api.sock";
    String EVENTS = "events";
    String LOG = "log";
    String OUTPUT = "out";

    /** Where it runs and where its files are. */
    Path directory();

    boolean alive();

    /** The exit code, once it is known; empty after {@code limit}. */
    OptionalInt awaitExit(Duration limit);

    /** SIGTERM. */
    void terminate();

    /** SIGKILL. */
    void kill();

    @Override
    void close();

    default Path socket() {
        return directory().resolve(SOCKET);
    }

    default ApiSocket connect() throws IOException {
        return ApiSocket.connect(socket(), API);
    }

    /** The events it has told so far. */
    default EventFile events() {
        return new EventFile(directory().resolve(EVENTS));
    }
}
