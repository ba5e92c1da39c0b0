package com.unkey.vmcp.rpc.tls;

import com.unkey.vmcp.rpc.tls.TlsFiles.NamedFile;
import java.io.IOException;

/** A file cannot be used; the message names the setting, the path and the reason. */
final class BadTlsFileException extends IOException {

    private static final long serialVersionUID = 1;

    BadTlsFileException(NamedFile file, String reason) {
        super(file + ": " + reason);
    }

    BadTlsFileException(NamedFile file, String reason, Throwable cause) {
        super(file + ": " + reason, cause);
    }
}
