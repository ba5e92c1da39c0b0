package com.unkey.vmcp.rpc.tls;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerTlsConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS with what the files hold. They are looked at again and again; new content is used for new
 * connections once it was the same at two looks and belongs together, and what cannot be used
 * leaves everything as it was. Content, not time, is compared, so that files may be renamed, linked
 * or rewritten in place.
 */
public final class Tls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    /** A client that is let in again without its certificate being looked at again. */
    private static final Duration RESUMPTION = Duration.ofMinutes(10);

    private final TlsFiles files;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread watcher;
    private volatile TlsMaterial current;
    private Seen settled;
    private Seen last;

    private Tls(TlsFiles files, Duration interval, TlsContents contents, TlsMaterial material) {
        this.files = files;
        this.interval = interval;
        this.current = material;
        this.settled = new Seen.Content(contents);
        this.last = settled;
        this.watcher = Thread.ofPlatform().name("tls-files").daemon().unstarted(this::watch);
    }

    /** What one look at the files showed. */
    private sealed interface Seen {

        record Content(TlsContents contents) implements Seen {}

        record Unreadable(String reason) implements Seen {}
    }

    /**
     * Reads the files, and begins to watch them.
     *
     * @param interval between two looks; a change is used after two to three
     * @throws IOException naming setting, file and reason where they cannot be used
     */
    public static Tls open(TlsFiles files, Duration interval) throws IOException {
        TlsContents contents = TlsContents.read(files);
        Tls tls = new Tls(files, interval, contents, TlsMaterial.of(files, contents));
        tls.report("TLS");
        tls.watcher.start();
        return tls;
    }

    /** Has the ports that speak HTTPS use it. */
    public void configure(ServerBuilder server) {
        server.tlsProvider(
                new Provider(),
                ServerTlsConfig.builder()
                        .clientAuth(clientAuth())
                        .tlsCustomizer(this::customize)
                        .build());
    }

    private ClientAuth clientAuth() {
        return files.clientCa().isPresent() ? ClientAuth.REQUIRE : ClientAuth.NONE;
    }

    private void customize(SslContextBuilder context) {
        context.protocols("TLSv1.3", "TLSv1.2").sessionTimeout(RESUMPTION.toSeconds());
        if (files.clientCa().isPresent()) {
            context.trustManager(new ClientTrust(this::trust));
        }
    }

    private X509ExtendedTrustManager trust() {
        return current.trust().orElseThrow();
    }

    /** Asked at each handshake; Armeria makes a new context where an answer is a new one. */
    private final class Provider implements TlsProvider {

        @Override
        public TlsKeyPair keyPair(String hostname) {
            return current.pair();
        }

        /** Without client certificates any will do but none, which would read the JDK's own. */
        @Override
        public List<X509Certificate> trustedCertificates(String hostname) {
            TlsMaterial material = current;
            return material.clientCas().isEmpty()
                    ? material.pair().certificateChain()
                    : material.clientCas();
        }
    }

    private void watch() {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Acts on what it sees once, and only when it saw the same before: a writer may be at work. */
    private void look() {
        Seen seen = seen();
        if (seen.equals(last) && !seen.equals(settled)) {
            settled = seen;
            act(seen);
        }
        last = seen;
    }

    private Seen seen() {
        try {
            return new Seen.Content(TlsContents.read(files));
        } catch (BadTlsFileException e) {
            return new Seen.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private void act(Seen seen) {
        switch (seen) {
            case Seen.Content(TlsContents contents) -> reload(contents);
            case Seen.Unreadable(String reason) -> keep(reason);
        }
    }

    private void reload(TlsContents contents) {
        try {
            current = TlsMaterial.of(files, contents);
            report("TLS reloaded");
        } catch (BadTlsFileException e) {
            keep(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("TLS not reloaded", e);
        }
    }

    private static void keep(String reason) {
        LOG.warn("TLS not reloaded, what was read before stays in use: {}", reason);
    }

    private void report(String what) {
        X509Certificate certificate = current.certificate();
        String subject = certificate.getSubjectX500Principal().getName();
        Instant expiry = certificate.getNotAfter().toInstant();
        if (expiry.isBefore(Instant.now())) {
            LOG.warn("{}: the certificate of \"{}\" expired at {}", what, subject, expiry);
        } else {
            LOG.info("{}: certificate of \"{}\", valid until {}", what, subject, expiry);
        }
    }

    /** Stops to watch. */
    @Override
    public void close() {
        closed.countDown();
        try {
            watcher.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
