package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmState;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FailureStatusTest {

    private static final Operation BOOT = Operation.of(Action.BOOT);
    private static final List<Violation> VIOLATIONS = List.of(new Violation("config.cpu", "bad"));

    private static final Map<VmFailure, Code> TABLE =
            Map.ofEntries(
                    Map.entry(new VmFailure.Invalid(VIOLATIONS), Code.INVALID_ARGUMENT),
                    Map.entry(new VmFailure.Unsupported(VIOLATIONS), Code.UNIMPLEMENTED),
                    Map.entry(new VmFailure.UnknownVm(new VmId("a")), Code.NOT_FOUND),
                    Map.entry(new VmFailure.Duplicate(new VmId("a")), Code.ALREADY_EXISTS),
                    Map.entry(
                            new VmFailure.WrongState(
                                    BOOT, VmState.Kind.RUNNING, List.of(VmState.Kind.CREATED)),
                            Code.FAILED_PRECONDITION),
                    Map.entry(new VmFailure.Busy(BOOT, BOOT), Code.FAILED_PRECONDITION),
                    Map.entry(new VmFailure.LimitReached("full"), Code.RESOURCE_EXHAUSTED),
                    Map.entry(new VmFailure.Unavailable("away"), Code.UNAVAILABLE),
                    Map.entry(
                            new VmFailure.TooSlow(BOOT, Duration.ofSeconds(3)),
                            Code.DEADLINE_EXCEEDED),
                    Map.entry(new VmFailure.Aborted(BOOT, BOOT), Code.ABORTED),
                    Map.entry(new VmFailure.VmmFailed("last words"), Code.INTERNAL));

    @Test
    void everyKindHasItsCodeAndKeepsItsMessage() {
        TABLE.forEach(
                (failure, code) -> {
                    StatusRuntimeException e =
                            FailureStatus.of(
                                    "Call", new CompletionException(new VmException(failure)));
                    assertThat(e.getStatus().getCode()).as(failure.toString()).isEqualTo(code);
                    assertThat(e.getStatus().getDescription()).isEqualTo(failure.message());
                });
    }

    @Test
    void theTableHereMissesNone() {
        Set<Class<?>> tested =
                TABLE.keySet().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(tested)
                .containsExactlyInAnyOrder(
                        Arrays.stream(VmFailure.class.getPermittedSubclasses())
                                .toArray(Class<?>[]::new));
    }

    @Test
    void onlyViolationsAreDetails() {
        TABLE.keySet()
                .forEach(
                        failure -> {
                            var details =
                                    StatusProto.fromThrowable(
                                                    FailureStatus.of(
                                                            "Call", new VmException(failure)))
                                            .getDetailsList();
                            boolean expected =
                                    failure instanceof VmFailure.Invalid
                                            || failure instanceof VmFailure.Unsupported;
                            assertThat(details).hasSize(expected ? 1 : 0);
                        });
    }

    @Test
    void anythingElseIsNeutral() {
        StatusRuntimeException e = FailureStatus.of("Call", new IllegalStateException("secret"));
        assertThat(e.getStatus().getCode()).isEqualTo(Code.INTERNAL);
        assertThat(e.getStatus().getDescription()).isEqualTo("internal error");
        assertThat(e.getStatus().getCause()).isNull();
    }
}
