package com.unkey.vmcp.testkit.vmm;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Words for what the system refuses. */
public final class SystemError {

    private SystemError() {}

    /** What the system's error is called by the standard library of the real programs. */
    public static String told(IOException failure) {
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
