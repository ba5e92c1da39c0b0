package com.unkey.vmcp.rpc.tls;

import com.unkey.vmcp.rpc.tls.TlsFiles.NamedFile;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The files of a server, as those who renew certificates write them. */
public final class PemDirectory {

    private final Path directory;

    public PemDirectory(Path directory) {
        this.directory = directory;
    }

    public TlsFiles files() {
        return new TlsFiles(named("CERT", "tls.crt"), named("KEY", "tls.key"), Optional.empty());
    }

    public TlsFiles filesWithClientCa() {
        return new TlsFiles(
                named("CERT", "tls.crt"),
                named("KEY", "tls.key"),
                Optional.of(named("CLIENT_CA", "ca.crt")));
    }

    private NamedFile named(String setting, String name) {
        return new NamedFile(setting, path(name));
    }

    public Path path(String name) {
        return directory.resolve(name);
    }

    /** Certificate and key, each put in place of the old one at once. */
    public PemDirectory pair(X509Bundle bundle) throws IOException {
        write("tls.crt", bundle.getCertificatePathPEM());
        write("tls.key", bundle.getPrivateKeyPEM());
        return this;
    }

    public PemDirectory clientCa(Authority... authorities) throws IOException {
        StringBuilder pem = new StringBuilder();
        for (Authority authority : authorities) {
            pem.append(authority.pem());
        }
        write("ca.crt", pem.toString());
        return this;
    }

    public void write(String name, String text) throws IOException {
        Path draft = path(name + ".new");
        Files.writeString(draft, text);
        Files.move(draft, path(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
