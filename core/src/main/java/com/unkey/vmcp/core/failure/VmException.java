package com.unkey.vmcp.core.failure;

/**
 * Carries a {@link VmFailure} to whoever answers the call. A module may extend it by facts for its
 * own callers; the kind of failure is what everybody else goes by.
 */
public class VmException extends RuntimeException {

    private final transient VmFailure failure;

    public VmException(VmFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public VmException(VmFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public final VmFailure failure() {
        return failure;
    }

    public static VmException unavailable(String message) {
        return new VmException(new VmFailure.Unavailable(message));
    }

    public static VmException unavailable(String message, Throwable cause) {
        return new VmException(new VmFailure.Unavailable(message), cause);
    }

    public static VmException vmmFailed(String message) {
        return new VmException(new VmFailure.VmmFailed(message));
    }

    public static VmException vmmFailed(String message, Throwable cause) {
        return new VmException(new VmFailure.VmmFailed(message), cause);
    }
}
