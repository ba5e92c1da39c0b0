package com.unkey.vmcp.testkit.cloudhypervisor;

import java.util.ArrayList;
import java.util.List;

/** An error that the API answers with its chain of causes. */
final class Trouble extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final List<String> causes;

    private Trouble(int status, List<String> causes) {
        super(String.join(": ", causes));
        this.status = status;
        this.causes = List.copyOf(causes);
    }

    /** Something that failed: 500. */
    static Trouble failed(String... causes) {
        return new Trouble(500, List.of(causes));
    }

    /** There is no VM to do it with: 404. */
    static Trouble missing(String cause) {
        return new Trouble(404, List.of(cause));
    }

    static Trouble withStatus(int status, String... causes) {
        return new Trouble(status, List.of(causes));
    }

    int status() {
        return status;
    }

    List<String> causes() {
        return causes;
    }

    /** The same trouble, as the cause of a larger one. */
    Trouble within(String... larger) {
        List<String> all = new ArrayList<>(List.of(larger));
        all.addAll(causes);
        return new Trouble(status, all);
    }
}
