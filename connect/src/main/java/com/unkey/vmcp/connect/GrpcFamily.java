package com.unkey.vmcp.connect;

import com.linecorp.armeria.server.HttpService;
import java.util.Set;

/**
 * The service that answers calls in gRPC and its kin on the same paths.
 *
 * @param contentTypes what it accepts, in lower case
 */
public record GrpcFamily(HttpService service, Set<String> contentTypes) {

    public GrpcFamily {
        contentTypes = Set.copyOf(contentTypes);
    }
}
