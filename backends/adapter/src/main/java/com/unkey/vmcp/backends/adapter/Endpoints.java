package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.ShortId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places at which one backend finds VMMs that somebody else started: the one that is configured
 * now, and those that VMs were made at before. Thread-safe.
 */
public final class Endpoints {

    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);
    private static final String ROOT_USER = "root";

    private final String title;
    private final Optional<Path> configured;
    private final Path byDefault;
    private final Map<Path, Endpoint> known = new ConcurrentHashMap<>();

    /**
     * @param title what the VMM calls itself
     * @param configured socket that the operator named
     * @param byDefault socket that such VMMs are documented to serve where nobody says otherwise
     */
    public Endpoints(String title, Optional<Path> configured, Path byDefault) {
        this.title = title;
        this.configured = configured;
        this.byDefault = byDefault;
    }

    public Endpoint at(Path socket) {
        return known.computeIfAbsent(socket, path -> new Endpoint(title, path));
    }

    /**
     * Where new VMs go: an endpoint that is configured, else processes of our own, else the default
     * socket.
     *
     * @param startable whether processes of our own can be had
     */
    public Optional<Endpoint> forNew(BooleanSupplier startable) {
        return configured
                .map(this::at)
                .or(
                        () ->
                                startable.getAsBoolean()
                                        ? Optional.empty()
                                        : trustedDefault().map(this::at));
    }

    /** The documented default, where it is there and nobody can have put it there to fool us. */
    private Optional<Path> trustedDefault() {
        try {
            String owner = Files.getOwner(byDefault, LinkOption.NOFOLLOW_LINKS).getName();
            boolean trusted =
                    Set.of(ROOT_USER, System.getProperty("user.name", ROOT_USER)).contains(owner);
            return Optional.of(byDefault).filter(_ -> trusted);
        } catch (IOException e) {
            log.trace("no default socket", e);
            return Optional.empty();
        }
    }

    /** The VM is gone for good, and its place free. */
    public void leave(ShortId id) {
        known.values().forEach(endpoint -> endpoint.leave(id));
    }
}
