package com.unkey.vmcp.supervision.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says why a file could not be used, in words that name no path of the host's. */
final class Reason {

    private Reason() {}

    static String of(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or directory";
            case FileAlreadyExistsException _ -> "it exists";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> "input/output error";
        };
    }
}
