package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.vm.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is wrong with one spec, so that all of it can be told at once. */
final class Findings {

    private final List<Violation> violations = new ArrayList<>();

    /** Notes a violation; always empty, to be returned where a value would be. */
    <T> Optional<T> wrong(String field, String message) {
        violations.add(new Violation(field, message));
        return Optional.empty();
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }
}
