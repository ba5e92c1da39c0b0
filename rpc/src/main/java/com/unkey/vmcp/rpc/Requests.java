package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.CreateVmRequest;
import com.unkey.vmcp.api.v1.ListVmsRequest;
import com.unkey.vmcp.api.v1.ShutdownVmRequest;
import com.unkey.vmcp.core.control.CreateRequest;
import com.unkey.vmcp.core.control.ListQuery;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Requests as the core wants them. What only the request can tell is checked here, all of it at
 * once; the rest is the core's.
 */
final class Requests {

    /** How long a guest is waited for where the request does not say. */
    static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

    private static final int MAX_TIMEOUT_SECONDS = 3_600;
    private static final int MAX_PAGE_SIZE = 1_000;

    private Requests() {}

    static CreateRequest create(CreateVmRequest request) {
        List<Violation> violations =
                request.hasConfig() ? List.of() : List.of(new Violation("config", "is required"));
        return new CreateRequest(
                request.getVmId(),
                request.getBackend(),
                ConfigReader.read(request.getConfig()),
                violations);
    }

    /** A shutdown that can be tried. */
    record Shutdown(VmId id, Duration timeout) {}

    static Shutdown shutdown(ShutdownVmRequest request) {
        List<Violation> violations = new ArrayList<>();
        VmIds.violation(request.getVmId()).ifPresent(violations::add);
        int seconds = request.getTimeoutSeconds();
        if (seconds < 0 || seconds > MAX_TIMEOUT_SECONDS) {
            String message =
                    "must be 0 (for %d) to %d, got %d"
                            .formatted(DEFAULT_PATIENCE.toSeconds(), MAX_TIMEOUT_SECONDS, seconds);
            violations.add(new Violation("timeout_seconds", message));
        }
        requireNone(violations);
        Duration timeout = seconds == 0 ? DEFAULT_PATIENCE : Duration.ofSeconds(seconds);
        return new Shutdown(new VmId(request.getVmId()), timeout);
    }

    static ListQuery list(ListVmsRequest request) {
        List<Violation> violations = new ArrayList<>();
        Set<VmState.Kind> states = states(request, violations);
        int size = request.getPageSize();
        if (size < 0 || size > MAX_PAGE_SIZE) {
            violations.add(
                    new Violation(
                            "page_size",
                            "must be 0 (for the default) to %d, got %d"
                                    .formatted(MAX_PAGE_SIZE, size)));
        }
        requireNone(violations);
        return new ListQuery(states, size, request.getPageToken());
    }

    private static Set<VmState.Kind> states(ListVmsRequest request, List<Violation> violations) {
        Set<VmState.Kind> states = EnumSet.noneOf(VmState.Kind.class);
        for (int i = 0; i < request.getStateFilterCount(); i++) {
            String field = "state_filter[" + i + "]";
            int number = request.getStateFilterValue(i);
            States.read(request.getStateFilter(i))
                    .ifPresentOrElse(
                            states::add,
                            () ->
                                    violations.add(
                                            new Violation(
                                                    field, "is no state of a VM: " + number)));
        }
        return states;
    }

    private static void requireNone(List<Violation> violations) {
        if (!violations.isEmpty()) {
            throw new VmException(new VmFailure.Invalid(violations));
        }
    }
}
