package com.unkey.vmcp.testkit.microhttp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer as it came over the socket.
 *
 * @param head status line and header lines, without line ends
 */
public record ApiReply(List<String> head, String body) {

    private static final JsonMapper JSON = JsonMapper.shared();

    public ApiReply {
        head = List.copyOf(head);
    }

    public String statusLine() {
        return head.getFirst();
    }

    public int status() {
        return Integer.parseInt(statusLine().split(" ", -1)[1]);
    }

    /** The value of the header of that name, in whatever case it was written. */
    public Optional<String> header(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return head.stream()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst();
    }

    public JsonNode json() {
        return JSON.readTree(body);
    }

    /** Cloud Hypervisor's errors: the chain of causes. */
    public List<String> causes() {
        return json().asArray().valueStream().map(JsonNode::asString).toList();
    }

    /** Firecracker's errors: what was wrong. */
    public String fault() {
        return json().path("fault_message").asString();
    }

    /** The words of an answer to what could not be parsed, which is no JSON. */
    public String unparsed() {
        String start = "{ \"error\": \"";
        String end = "\nAll previous unanswered requests will be dropped.\" }";
        if (status() != 400 || !body.startsWith(start) || !body.endsWith(end)) {
            throw new AssertionError("not what is answered to a request that is none: " + this);
        }
        return body.substring(start.length(), body.length() - end.length());
    }
}
