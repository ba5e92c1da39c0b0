package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.ApiServer;
import com.unkey.vmcp.testkit.microhttp.HttpReply;
import com.unkey.vmcp.testkit.microhttp.HttpRequest;
import java.util.List;

/** Answers requests, and ends the process where an answer was its last. */
final class RequestHandler implements ApiServer.Handler {

    private static final String VMM_THREAD_IS_GONE = "API response receive error";

    private final FakeCloudHypervisor process;
    private final Endpoints endpoints;

    RequestHandler(FakeCloudHypervisor process, Endpoints endpoints) {
        this.process = process;
        this.endpoints = endpoints;
    }

    @Override
    public String name() {
        return Replies.SERVER;
    }

    @Override
    public String endpoint(HttpRequest request) {
        return Endpoints.name(request);
    }

    @Override
    public HttpReply answer(HttpRequest request) {
        try {
            return endpoints.answer(request);
        } catch (Consoles.Panic e) {
            process.say("thread 'vmm' panicked: " + e.getMessage());
            return Replies.error(
                    500,
                    List.of("Error from API", VMM_THREAD_IS_GONE, "receiving on a closed channel"));
        }
    }

    @Override
    public void answered(HttpRequest request, HttpReply reply) {
        if (reply.status() == 200 && endpoint(request).equals("vmm.shutdown")) {
            process.endQuietly();
        } else if (reply.body().contains(VMM_THREAD_IS_GONE)) {
            process.fail();
        }
    }

    @Override
    public void crash() {
        process.kill();
    }
}
