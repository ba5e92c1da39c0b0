package com.unkey.vmcp.backends.firecracker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Tells whether a directory is root's alone, and stays so: nobody else can write to it, move it
 * away or put another in its place.
 */
final class RootsOwn {

    static final RootsOwn BY_ID = new RootsOwn(Set.of(0));

    private final Set<Integer> owners;

    /**
     * @param owners ids of the users that count as root
     */
    RootsOwn(Set<Integer> owners) {
        this.owners = Set.copyOf(owners);
    }

    /** Why the directory is not root's own; one that is missing is to be made by root. */
    Optional<String> trouble(Path directory) {
        try {
            Path real = existing(directory).toRealPath();
            if (!Files.isDirectory(real)) {
                return Optional.of("%s is no directory".formatted(real));
            }
            return trouble(real, real);
        } catch (IOException e) {
            return Optional.of("cannot be looked at: " + e);
        }
    }

    private static Path existing(Path directory) {
        Path existing = directory;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private Optional<String> trouble(Path each, Path last) throws IOException {
        Inode found = Inode.of(each);
        if (!owners.contains(found.uid())) {
            return Optional.of(
                    "%s belongs to user %s (uid %d), must be root's"
                            .formatted(each, Files.getOwner(each).getName(), found.uid()));
        }
        // What is root's in a sticky directory only root can move.
        if (found.isOpen() && (each.equals(last) || !found.isSticky())) {
            return Optional.of(
                    "%s may be written by others (%s), must be by root alone"
                            .formatted(each, found.permissions()));
        }
        return each.getParent() == null ? Optional.empty() : trouble(each.getParent(), last);
    }
}
