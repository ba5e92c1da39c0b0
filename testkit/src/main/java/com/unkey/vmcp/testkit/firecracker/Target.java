package com.unkey.vmcp.testkit.firecracker;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A path in words, without the empty ones at its begin.
 *
 * @param first empty for {@code /}
 */
record Target(String first, Optional<String> second) {

    static Target of(String path) {
        List<String> words = Arrays.asList(path.replaceFirst("^/+", "").split("/", -1));
        Optional<String> second =
                words.size() < 2 || (words.size() == 2 && words.get(1).isEmpty())
                        ? Optional.empty()
                        : Optional.of(words.get(1));
        return new Target(words.getFirst(), second);
    }

    /**
     * The device that the path names.
     *
     * @throws Refusal where that can be no device's name
     */
    String device() {
        String given = second.orElse("");
        if (given.isEmpty()) {
            throw new Refusal("The ID cannot be empty.");
        }
        if (!given.chars().allMatch(each -> each == '_' || Character.isLetterOrDigit(each))) {
            throw new Refusal(
                    "API Resource IDs can only contain alphanumeric characters and"
                            + " underscores.");
        }
        return given;
    }

    boolean is(String word, String next) {
        return first.equals(word) && second.filter(next::equals).isPresent();
    }

    Refusal unknownTo(String method) {
        return new Refusal("Invalid request method and/or path: " + method + " " + first + ".");
    }
}
