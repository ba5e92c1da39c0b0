package com.unkey.vmcp.connect.wire;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Header;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.testing.v1.TestServiceGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The service of the golden tests, as the recorder has it for connect-go. */
final class TestService extends TestServiceGrpc.TestServiceImplBase {

    @Override
    public void echo(Everything request, StreamObserver<Everything> caller) {
        CallHeaders.Exchanged exchanged = CallHeaders.current();
        for (String name : exchanged.request().keys()) {
            if (name.startsWith("x-")) {
                copy(name, exchanged.request(), exchanged.leading());
            }
        }
        caller.onNext(request);
        caller.onCompleted();
    }

    private static void copy(String name, Metadata from, Metadata to) {
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            copy(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), from, to);
        } else {
            copy(text(name), from, to);
        }
    }

    private static <T> void copy(Metadata.Key<T> key, Metadata from, Metadata to) {
        from.getAll(key).forEach(value -> to.put(key, value));
    }

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public void echoSafe(Everything request, StreamObserver<Everything> caller) {
        echo(request, caller);
    }

    @Override
    public void run(Plan plan, StreamObserver<Everything> caller) {
        begin(plan);
        if (!isDelayedToTheEnd(plan) && !fails(plan, caller)) {
            caller.onNext(answer(plan, 0));
            caller.onCompleted();
        }
    }

    @Override
    public void runSafe(Plan plan, StreamObserver<Everything> caller) {
        run(plan, caller);
    }

    @Override
    public void download(Plan plan, StreamObserver<Everything> caller) {
        begin(plan);
        for (int i = 0; i < plan.getAnswers(); i++) {
            caller.onNext(answer(plan, i));
        }
        if (!isDelayedToTheEnd(plan) && !fails(plan, caller)) {
            caller.onCompleted();
        }
    }

    private static void begin(Plan plan) {
        CallHeaders.Exchanged exchanged = CallHeaders.current();
        put(plan.getTrailersList(), exchanged.trailing());
        if (plan.getHeadersCount() > 0) {
            put(plan.getHeadersList(), exchanged.leading());
            exchanged.send().run();
        }
    }

    private static void put(List<Header> headers, Metadata to) {
        for (Header header : headers) {
            if (header.getName().endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                byte[] value = Base64.getDecoder().decode(header.getValue());
                to.put(Metadata.Key.of(header.getName(), Metadata.BINARY_BYTE_MARSHALLER), value);
            } else {
                to.put(text(header.getName()), header.getValue());
            }
        }
    }

    /** Waits as long as the plan says; whether the call ended meanwhile. */
    private static boolean isDelayedToTheEnd(Plan plan) {
        if (plan.getDelayMs() == 0) {
            return Context.current().isCancelled();
        }
        CountDownLatch ended = new CountDownLatch(1);
        Context.current().addListener(_ -> ended.countDown(), Runnable::run);
        try {
            return ended.await(plan.getDelayMs(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static boolean fails(Plan plan, StreamObserver<?> caller) {
        if (plan.getCode() == 0) {
            return false;
        }
        StatusRuntimeException failure = failure(plan);
        Metadata trailers = failure.getTrailers() == null ? new Metadata() : failure.getTrailers();
        put(plan.getMetadataList(), trailers);
        caller.onError(failure.getStatus().asRuntimeException(trailers));
        return true;
    }

    private static StatusRuntimeException failure(Plan plan) {
        if (plan.getDetailsCount() > 0) {
            return StatusProto.toStatusRuntimeException(
                    com.google.rpc.Status.newBuilder()
                            .setCode(plan.getCode())
                            .setMessage(plan.getMessage())
                            .addAllDetails(plan.getDetailsList())
                            .build());
        }
        Status status = Status.fromCodeValue(plan.getCode());
        return status.withDescription(plan.getMessage()).asRuntimeException();
    }

    private static Everything answer(Plan plan, int number) {
        return Everything.newBuilder()
                .setInt32Value(number)
                .setText("x".repeat(plan.getTextLength()))
                .build();
    }

    @Override
    public StreamObserver<Everything> upload(StreamObserver<Everything> caller) {
        List<String> texts = new ArrayList<>();
        return new Receiver(caller) {
            @Override
            public void onNext(Everything message) {
                texts.add(message.getText());
            }

            @Override
            public void onCompleted() {
                caller.onNext(
                        Everything.newBuilder()
                                .setInt32Value(texts.size())
                                .setText(String.join("", texts))
                                .build());
                caller.onCompleted();
            }
        };
    }

    @Override
    public StreamObserver<Everything> chat(StreamObserver<Everything> caller) {
        return new Receiver(caller) {
            @Override
            public void onNext(Everything message) {
                caller.onNext(message);
            }

            @Override
            public void onCompleted() {
                caller.onCompleted();
            }
        };
    }

    /** Ends with its client's stream. */
    abstract static class Receiver implements StreamObserver<Everything> {
        private final StreamObserver<Everything> caller;

        Receiver(StreamObserver<Everything> caller) {
            this.caller = caller;
        }

        @Override
        public void onError(Throwable broken) {
            caller.onError(Status.fromThrowable(broken).asRuntimeException());
        }
    }
}
