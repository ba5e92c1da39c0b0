package com.unkey.vmcp.testkit.firecracker;

/** A request that is answered with 400 and a fault message. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }

    static Refusal beforeStart() {
        return new Refusal("The requested operation is not supported before starting the microVM.");
    }

    static Refusal afterStart() {
        return new Refusal("The requested operation is not supported after starting the microVM.");
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
