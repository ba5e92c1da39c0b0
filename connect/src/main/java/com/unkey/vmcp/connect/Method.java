package com.unkey.vmcp.connect;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;

/** One method that is served; everything about it that does not change is looked up once. */
final class Method<ReqT, RespT> {

    private final ServerMethodDefinition<ReqT, RespT> definition;
    private final MethodDescriptor<ReqT, RespT> descriptor;
    private final Class<ReqT> requestClass;
    private final Message prototype;

    private Method(
            ServerMethodDefinition<ReqT, RespT> definition,
            Class<ReqT> requestClass,
            Message prototype) {
        this.definition = definition;
        this.descriptor = definition.getMethodDescriptor();
        this.requestClass = requestClass;
        this.prototype = prototype;
    }

    /**
     * Prepares a method.
     *
     * @throws IllegalArgumentException where it is not about protobuf messages
     */
    static <ReqT, RespT> Method<ReqT, RespT> of(ServerMethodDefinition<ReqT, RespT> definition) {
        MethodDescriptor<ReqT, RespT> descriptor = definition.getMethodDescriptor();
        if (descriptor.getType() != MethodType.UNKNOWN
                && descriptor.getRequestMarshaller() instanceof PrototypeMarshaller<ReqT> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return new Method<>(definition, marshaller.getMessageClass(), prototype);
        }
        throw new IllegalArgumentException(
                descriptor.getFullMethodName() + " is no method of protobuf messages");
    }

    String path() {
        return "/" + descriptor.getFullMethodName();
    }

    String name() {
        return descriptor.getFullMethodName();
    }

    MethodDescriptor<ReqT, RespT> descriptor() {
        return descriptor;
    }

    ServerCallHandler<ReqT, RespT> handler() {
        return definition.getServerCallHandler();
    }

    boolean isUnary() {
        return descriptor.getType() == MethodType.UNARY;
    }

    boolean isBidi() {
        return descriptor.getType() == MethodType.BIDI_STREAMING;
    }

    /** Whether the client sends one message, neither more nor less. */
    boolean takesOne() {
        return descriptor.getType().clientSendsOneMessage();
    }

    /** Whether the answer is one message, neither more nor less. */
    boolean givesOne() {
        return descriptor.getType().serverSendsOneMessage();
    }

    /** Whether a GET may call it: it is unary and has no side effects. */
    boolean isReadable() {
        return isUnary() && descriptor.isSafe();
    }

    ReqT decode(Codec codec, byte[] data, int offset, int length) throws MalformedMessageException {
        return requestClass.cast(codec.decode(prototype, data, offset, length));
    }

    ReqT empty() {
        return requestClass.cast(prototype.getDefaultInstanceForType());
    }
}
