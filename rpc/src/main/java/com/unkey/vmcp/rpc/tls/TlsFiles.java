package com.unkey.vmcp.rpc.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where certificates and keys are kept, as PEM.
 *
 * @param certificate the server's certificate, followed by those between it and its root
 * @param key the private key of the first certificate: PKCS#8, PKCS#1 or SEC 1, not encrypted
 * @param clientCa whose certificates clients must show; where absent, clients show none
 */
public record TlsFiles(NamedFile certificate, NamedFile key, Optional<NamedFile> clientCa) {

    /**
     * A file and the name that whoever set it knows it by.
     *
     * @param setting for error messages, as the name of a variable
     */
    public record NamedFile(String setting, Path path) {

        @Override
        public String toString() {
            return setting + ": " + path;
        }
    }
}
