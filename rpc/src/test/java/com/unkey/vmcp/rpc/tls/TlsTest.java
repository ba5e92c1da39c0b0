package com.unkey.vmcp.rpc.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.rpc.tls.TlsFiles.NamedFile;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which files can be begun with, and what is said of the others. */
class TlsTest {

    @TempDir Path directory;

    private Authority authority;
    private PemDirectory pem;

    @BeforeEach
    void writePair() throws Exception {
        authority = new Authority("root");
        pem = new PemDirectory(directory).pair(authority.server("one")).clientCa(authority);
    }

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void pairsOfAllUsualKindsAreTaken(CertificateBuilder.Algorithm algorithm) throws Exception {
        pem.pair(authority.server("one", algorithm));

        Tls.open(pem.filesWithClientCa(), Duration.ofHours(1)).close();
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        Files.delete(pem.path("tls.key"));

        refused("KEY: " + pem.path("tls.key") + ": does not exist");
    }

    @Test
    void aKeyOfAnotherCertificateIsNamed() throws Exception {
        pem.write("tls.key", authority.server("two").getPrivateKeyPEM());

        refused("KEY: " + pem.path("tls.key") + ": is not the key of");
        refused("CERT: " + pem.path("tls.crt"));
    }

    @Test
    void aKeyOfAnotherKindIsNoPairEither() throws Exception {
        pem.write(
                "tls.key",
                authority.server("x", CertificateBuilder.Algorithm.rsa2048).getPrivateKeyPEM());

        refused("is not the key of");
    }

    @Test
    void whatHoldsNoCertificateIsNamed() throws Exception {
        pem.write("tls.crt", "");
        refused("CERT: " + pem.path("tls.crt") + ": holds no certificate");

        pem.write("tls.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        refused("holds a damaged certificate");
    }

    @Test
    void aChainThatIsCutOffIsNoShorterChain() throws Exception {
        String leaf = authority.server("one").getCertificatePEM();
        pem.write("tls.crt", leaf + leaf.substring(0, 200));

        refused("cut off or damaged");
    }

    @Test
    void certificatesThatAreNoChainAreRefused() throws Exception {
        X509Bundle one = authority.server("one");
        pem.pair(one);
        pem.write("tls.crt", one.getCertificatePEM() + authority.server("two").getCertificatePEM());

        refused("cannot be served as a chain");
    }

    @Test
    void aClientCaThatIsNoneIsNamed() throws Exception {
        pem.write("ca.crt", authority.client("somebody").getCertificatePEM());

        refused("CLIENT_CA: " + pem.path("ca.crt"));
        refused("\"CN=somebody\" is not that of a CA");
    }

    @Test
    void aDirectoryIsNoFile() {
        TlsFiles files =
                new TlsFiles(
                        new NamedFile("CERT", directory),
                        new NamedFile("KEY", directory),
                        Optional.empty());

        assertThatThrownBy(() -> Tls.open(files, Duration.ofHours(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("CERT: " + directory + ": cannot be read");
    }

    @Test
    void aFileOfAnotherSizeThanPemsHaveIsNotReadWhole() throws Exception {
        Files.write(pem.path("tls.crt"), new byte[(1 << 20) + 1]);

        refused("is larger than");
    }

    private void refused(String reason) {
        assertThatThrownBy(() -> Tls.open(pem.filesWithClientCa(), Duration.ofHours(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }
}
