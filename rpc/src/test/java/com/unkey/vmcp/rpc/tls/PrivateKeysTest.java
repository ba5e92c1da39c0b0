package com.unkey.vmcp.rpc.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.security.PrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrivateKeysTest {

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void pkcs8IsReadWhateverIsInside(CertificateBuilder.Algorithm algorithm) throws Exception {
        PrivateKey key = key(algorithm);

        assertThat(PrivateKeys.read(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    }

    @Test
    void pkcs1IsRead() throws Exception {
        PrivateKey key = key(CertificateBuilder.Algorithm.rsa2048);

        assertThat(PrivateKeys.read(pem("RSA PRIVATE KEY", inner(key)))).isEqualTo(key);
    }

    /** As OpenSSL writes it, with the curve in a block of its own before it. */
    @Test
    void sec1IsRead() throws Exception {
        PrivateKey key = key(CertificateBuilder.Algorithm.ecp384);
        ECPrivateKey bare = ECPrivateKey.getInstance(inner(key));
        ECPrivateKey sec1 =
                new ECPrivateKey(384, bare.getKey(), null, SECObjectIdentifiers.secp384r1);
        String text =
                pem("EC PARAMETERS", SECObjectIdentifiers.secp384r1.getEncoded())
                        + pem("EC PRIVATE KEY", sec1.getEncoded());

        assertThat(PrivateKeys.read(text))
                .isInstanceOfSatisfying(
                        java.security.interfaces.ECPrivateKey.class,
                        read -> assertThat(read.getS()).isEqualTo(bare.getKey()));
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        PrivateKey key = key(CertificateBuilder.Algorithm.ecp256);
        String pem = pem("PRIVATE KEY", key.getEncoded());

        refused("", "holds 0");
        refused(pem + pem, "holds 2");
        refused(pem.substring(0, pem.length() - 30), "cut off");
        refused(pem.replace("M", "A"), "can be read");
        refused(pem("PRIVATE KEY", new byte[40]), "can be read");
        refused(pem("EC PRIVATE KEY", new byte[] {0x30, 0x40, 1}), "damaged");
        refused(pem("ENCRYPTED PRIVATE KEY", new byte[8]), "must not be encrypted");
        refused(pem("DSA PRIVATE KEY", new byte[8]), "not supported");
    }

    @Test
    void anEcKeyWithoutCurveIsSaidToBeOne() throws Exception {
        ECPrivateKey bare =
                ECPrivateKey.getInstance(inner(key(CertificateBuilder.Algorithm.ecp256)));
        byte[] sec1 = new ECPrivateKey(256, bare.getKey()).getEncoded();

        refused(pem("EC PRIVATE KEY", sec1), "without its curve");
    }

    private static void refused(String text, String reason) {
        assertThatThrownBy(() -> PrivateKeys.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private static PrivateKey key(CertificateBuilder.Algorithm algorithm) throws Exception {
        return new Authority("keys").server("key", algorithm).getKeyPair().getPrivate();
    }

    private static byte[] inner(PrivateKey key) throws IOException {
        return PrivateKeyInfo.getInstance(key.getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
    }

    private static String pem(String label, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter pem = new PemWriter(text)) {
            pem.writeObject(new PemObject(label, der));
        }
        return text.toString();
    }
}
