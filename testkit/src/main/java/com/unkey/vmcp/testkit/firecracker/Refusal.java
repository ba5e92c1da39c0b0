package com.unkey.vmcp.testkit.firecracker;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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
