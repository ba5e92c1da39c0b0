package com.unkey.vmcp.rpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which pages may use the API from a browser.
 *
 * @param allowed origins as browsers write them; {@code *} alone: every page
 */
public record CorsOrigins(Set<String> allowed) {

    private static final String ANY = "*";
    private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

    public CorsOrigins {
        allowed = Set.copyOf(allowed);
    }

    /** No page. */
    public static CorsOrigins none() {
        return new CorsOrigins(Set.of());
    }

    /**
     * Reads origins with commas between them, or {@code *}.
     *
     * @throws IllegalArgumentException naming the entry that no browser would send
     */
    public static CorsOrigins parse(String text) {
        Set<String> origins = new LinkedHashSet<>();
        Arrays.stream(text.split(",", -1)).map(String::strip).forEach(origins::add);
        if (origins.equals(Set.of(ANY))) {
            return new CorsOrigins(origins);
        }
        origins.forEach(CorsOrigins::require);
        return new CorsOrigins(origins);
    }

    /** An origin is scheme, host and a port that is not the scheme's own (RFC 6454, section 6). */
    private static void require(String origin) {
        try {
            URI uri = new URI(origin);
            if (uri.getScheme() == null || uri.getHost() == null) {
                throw new IllegalArgumentException("no origin: " + origin);
            }
            if (!origin.equals(written(uri))) {
                throw new IllegalArgumentException("a browser would write " + written(uri));
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no origin: " + origin, e);
        }
    }

    private static String written(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort();
        boolean usual = port < 0 || Integer.valueOf(port).equals(DEFAULT_PORTS.get(scheme));
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + (usual ? "" : ":" + port);
    }

    boolean isEmpty() {
        return allowed.isEmpty();
    }

    boolean any() {
        return allowed.contains(ANY);
    }

    boolean allows(String origin) {
        return any() || allowed.contains(origin);
    }
}
