package com.unkey.vmcp.rpc.tls;

import com.linecorp.armeria.common.TlsKeyPair;
import com.unkey.vmcp.rpc.tls.TlsFiles.NamedFile;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A pair of certificate and key that belong together, and who signs the clients' certificates.
 *
 * @param clientCas empty where clients show no certificate
 */
record TlsMaterial(
        TlsKeyPair pair,
        List<X509Certificate> clientCas,
        Optional<X509ExtendedTrustManager> trust) {

    /** Makes it of what the files held, or says which of them cannot be used and why. */
    static TlsMaterial of(TlsFiles files, TlsContents contents) throws BadTlsFileException {
        List<X509Certificate> chain = certificates(files.certificate(), contents.certificate());
        PrivateKey key = key(files.key(), contents.key());
        requirePair(files, key, chain.getFirst().getPublicKey());
        requireUsable(files.certificate(), key, chain);
        if (files.clientCa().isEmpty() || contents.clientCa().isEmpty()) {
            return new TlsMaterial(TlsKeyPair.of(key, chain), List.of(), Optional.empty());
        }
        NamedFile file = files.clientCa().get();
        List<X509Certificate> cas = certificates(file, contents.clientCa().get());
        requireCas(file, cas);
        return new TlsMaterial(TlsKeyPair.of(key, chain), cas, Optional.of(clientTrust(file, cas)));
    }

    X509Certificate certificate() {
        return pair.certificateChain().getFirst();
    }

    private static List<X509Certificate> certificates(NamedFile file, ByteBuffer content)
            throws BadTlsFileException {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemBlock block : PemBlock.all(TlsContents.text(content))) {
                if (block.label().equals("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate)
                                    factory.generateCertificate(
                                            new ByteArrayInputStream(block.der())));
                }
            }
            if (certificates.isEmpty()) {
                throw new BadTlsFileException(file, "holds no certificate");
            }
            return List.copyOf(certificates);
        } catch (IllegalArgumentException e) {
            throw new BadTlsFileException(file, String.valueOf(e.getMessage()), e);
        } catch (CertificateException e) {
            throw new BadTlsFileException(file, "holds a damaged certificate", e);
        }
    }

    private static PrivateKey key(NamedFile file, ByteBuffer content) throws BadTlsFileException {
        try {
            return PrivateKeys.read(TlsContents.text(content));
        } catch (IllegalArgumentException e) {
            throw new BadTlsFileException(file, String.valueOf(e.getMessage()), e);
        }
    }

    /** Signs with the one and checks with the other: no other test holds for all kinds of keys. */
    private static void requirePair(TlsFiles files, PrivateKey key, PublicKey certified)
            throws BadTlsFileException {
        byte[] text = {1, 2, 3, 4};
        boolean pair;
        try {
            Signature signature = Signature.getInstance(signatureOf(key));
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(text);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            pair = false;
        }
        if (!pair) {
            throw new BadTlsFileException(
                    files.key(),
                    "is not the key of the first certificate of " + files.certificate());
        }
    }

    private static String signatureOf(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    /** A chain of certificates that do not follow from one another shows here, not at a client. */
    private static void requireUsable(NamedFile file, PrivateKey key, List<X509Certificate> chain)
            throws BadTlsFileException {
        try {
            SslContextBuilder.forServer(key, chain)
                    .sslProvider(SslProvider.JDK)
                    .trustManager(chain)
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new BadTlsFileException(
                    file, "its certificates cannot be served as a chain: " + rootMessage(e), e);
        }
    }

    private static void requireCas(NamedFile file, List<X509Certificate> cas)
            throws BadTlsFileException {
        for (X509Certificate ca : cas) {
            if (ca.getBasicConstraints() < 0) {
                throw new BadTlsFileException(
                        file,
                        "the certificate of \"%s\" is not that of a CA"
                                .formatted(ca.getSubjectX500Principal().getName()));
            }
        }
    }

    private static X509ExtendedTrustManager clientTrust(NamedFile file, List<X509Certificate> cas)
            throws BadTlsFileException {
        try {
            return CertificatePaths.to(cas);
        } catch (GeneralSecurityException e) {
            throw new BadTlsFileException(file, "cannot be used: " + rootMessage(e), e);
        }
    }

    private static String rootMessage(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
