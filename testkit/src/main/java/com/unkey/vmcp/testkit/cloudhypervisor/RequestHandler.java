package com.unkey.vmcp.testkit.cloudhypervisor;

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
    public HttpReply answer(HttpRequest request) {
        try {
            return endpoints.answer(request);
        } catch (Consoles.Panic e) {
            process.say("thread 'vmm' panicked: " + e.getMessage());
            return HttpReply.error(
                    500,
                    List.of("Error from API", VMM_THREAD_IS_GONE, "receiving on a closed channel"));
        }
    }

    @Override
    public void answered(HttpRequest request, HttpReply reply) {
        if (reply.status() == 200 && request.endpoint().equals("vmm.shutdown")) {
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
