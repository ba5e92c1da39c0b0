package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.HttpReply;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The answers of Cloud Hypervisor's API. */
final class Replies {

    static final String SERVER = "Cloud Hypervisor API";

    private Replies() {}

    static HttpReply ok(String body) {
        return new HttpReply(200, SERVER, body);
    }

    static HttpReply noContent() {
        return new HttpReply(204, SERVER, "");
    }

    static HttpReply error(int status, List<String> causes) {
        return bare(status, JsonMapper.shared().writeValueAsString(causes));
    }

    static HttpReply bare(int status, String body) {
        return new HttpReply(status, SERVER, body);
    }
}
