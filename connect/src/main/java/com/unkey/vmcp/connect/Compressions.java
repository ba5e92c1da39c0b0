package com.unkey.vmcp.connect;

import io.grpc.Status;
import io.grpc.StatusException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The compressions that a service speaks, and which of them a call uses. */
final class Compressions {

    static final String IDENTITY = "identity";

    /**
     * Compression of one call's messages; null: none.
     *
     * @param request how the client compresses what it compresses
     * @param response how the answer is to be compressed
     */
    record Choice(@Nullable Compression request, @Nullable Compression response) {
        static final Choice NONE = new Choice(null, null);
    }

    private final Map<String, Compression> byName;
    private final String names;

    Compressions(List<Compression> all) {
        byName =
                all.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Compression::name, Function.identity()));
        names = all.stream().map(Compression::name).collect(Collectors.joining(","));
    }

    /** All names, as the headers that offer them list them. */
    String names() {
        return names;
    }

    /**
     * Picks the compressions of a call as connect-go does: the answer like the request, else the
     * first name in the client's list that is known; weights are not understood.
     *
     * @throws StatusException unimplemented where the request's is not known
     */
    Choice choose(@Nullable String sent, @Nullable String accepted) throws StatusException {
        if (sent != null && !sent.isEmpty() && !sent.equals(IDENTITY)) {
            Compression known = byName.get(sent);
            if (known == null) {
                throw Status.UNIMPLEMENTED
                        .withDescription(
                                "unknown compression \"%s\": supported encodings are %s"
                                        .formatted(sent, names))
                        .asException();
            }
            return new Choice(known, known);
        }
        return accepted == null || accepted.isEmpty()
                ? Choice.NONE
                : new Choice(null, firstKnown(accepted));
    }

    private @Nullable Compression firstKnown(String accepted) {
        for (String name : accepted.split(",", -1)) {
            Compression known = byName.get(name.strip());
            if (known != null) {
                return known;
            }
        }
        return null;
    }
}
