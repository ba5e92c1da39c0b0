package com.unkey.vmcp.core.failure;

import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Every way in which a call can fail, named for what the caller can do about it. Adapters translate
 * their own errors into one of these at their edge; the API's codes are derived from them in one
 * table.
 */
public sealed interface VmFailure {

    /** What the caller is told: the operation and the offending value, nothing of the host. */
    String message();

    /** The request is wrong; mend the fields and send it again. */
    record Invalid(List<Violation> violations) implements VmFailure {
        public Invalid {
            violations = List.copyOf(violations);
        }

        public static Invalid field(String field, String message) {
            return new Invalid(List.of(new Violation(field, message)));
        }

        @Override
        public String message() {
            return joined(violations);
        }
    }

    /** The backend cannot do this at all; leave the fields out or use another backend. */
    record Unsupported(List<Violation> violations) implements VmFailure {
        public Unsupported {
            violations = List.copyOf(violations);
        }

        @Override
        public String message() {
            return joined(violations);
        }
    }

    /** There is no such VM. */
    record UnknownVm(VmId id) implements VmFailure {
        @Override
        public String message() {
            return "no VM with vm_id \"" + id + "\"";
        }
    }

    /** There is such a VM already. */
    record Duplicate(VmId id) implements VmFailure {
        @Override
        public String message() {
            return "a VM with vm_id \"" + id + "\" exists already";
        }
    }

    /** The VM's state does not allow it; bring it into one of {@code allowed} first. */
    record WrongState(Operation operation, VmState.Kind state, List<VmState.Kind> allowed)
            implements VmFailure {
        public WrongState {
            allowed = List.copyOf(allowed);
        }

        @Override
        public String message() {
            return "%s is not possible in state %s; possible in: %s"
                    .formatted(operation, state, named(allowed));
        }

        private static String named(List<VmState.Kind> kinds) {
            return kinds.stream().map(Enum::name).collect(Collectors.joining(", "));
        }
    }

    /** Another operation is under way; wait for it or go ahead with force. */
    record Busy(Operation operation, Operation underWay) implements VmFailure {
        @Override
        public String message() {
            return "%s is not possible while %s is under way".formatted(operation, underWay);
        }
    }

    /** A limit of the daemon or of the host is reached. */
    record LimitReached(String message) implements VmFailure {}

    /** The VMM or the store cannot be reached, or is not installed. */
    record Unavailable(String message) implements VmFailure {}

    /** It took longer than allowed; the VM is as it was unless it says otherwise. */
    record TooSlow(Operation operation, Duration waited) implements VmFailure {
        @Override
        public String message() {
            return "%s: the guest did not power off within %d s; the VM runs on"
                    .formatted(operation, waited.toSeconds());
        }
    }

    /** A forced operation went ahead of this one. */
    record Aborted(Operation operation, Operation by) implements VmFailure {
        @Override
        public String message() {
            return "%s was aborted by %s".formatted(operation, by);
        }
    }

    /** The VMM refused or failed; {@code message} ends with its own last words. */
    record VmmFailed(String message) implements VmFailure {}

    private static String joined(List<Violation> violations) {
        return violations.stream().map(Violation::toString).collect(Collectors.joining("; "));
    }
}
