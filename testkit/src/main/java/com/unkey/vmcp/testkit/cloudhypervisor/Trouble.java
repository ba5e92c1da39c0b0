package com.unkey.vmcp.testkit.cloudhypervisor;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

    /** What the system's error is called by the standard library of the real program. */
    static String os(IOException failure) {
        if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
            return "No such file or directory (os error 2)";
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied (os error 13)";
        }
        if (failure instanceof FileSystemException system
                && String.valueOf(system.getReason()).contains("directory")) {
            return "Is a directory (os error 21)";
        }
        return String.valueOf(failure.getMessage());
    }
}
