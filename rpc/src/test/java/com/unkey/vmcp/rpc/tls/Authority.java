package com.unkey.vmcp.rpc.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;

/** Signs certificates for tests. */
public final class Authority {

    private final X509Bundle root;

    public Authority(String name) throws Exception {
        root =
                new CertificateBuilder()
                        .ecp256()
                        .subject("CN=" + name)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
    }

    public X509Bundle root() {
        return root;
    }

    public String pem() {
        return root.getCertificatePEM();
    }

    /** Of a server on the loopback interface. */
    public X509Bundle server(String name) throws Exception {
        return server(name, CertificateBuilder.Algorithm.ecp256);
    }

    public X509Bundle server(String name, CertificateBuilder.Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .algorithm(algorithm)
                .subject("CN=" + name)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(root);
    }

    public X509Bundle client(String name) throws Exception {
        return client(name, Instant.now().plus(Duration.ofHours(1)));
    }

    /** A client's, until some time. */
    public X509Bundle client(String name, Instant end) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .notBefore(Instant.now().minus(Duration.ofDays(2)))
                .notAfter(end)
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(root);
    }
}
