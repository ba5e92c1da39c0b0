package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files that people wrote: everything but what builds make and what git keeps for itself. */
final class SourceTree {

    private static final Set<String> NOT_OURS =
            Set.of("target", "node_modules", ".git", ".idea", ".vscode");
    private static final Set<String> BINARY = Set.of("elf", "jar", "png", "gz", "xz", "binpb");

    private SourceTree() {}

    /** One file, its path given from the project's root. */
    record Source(Path path, String text) {

        int lines() {
            return Math.toIntExact(text.lines().count());
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    static List<Source> java() {
        return texts().stream().filter(file -> file.toString().endsWith(".java")).toList();
    }

    static List<Source> texts() {
        List<Source> found = new ArrayList<>();
        try {
            Files.walkFileTree(DaemonProcess.PROJECT, new Visitor(found));
        } catch (IOException e) {
            throw new UncheckedIOException("the sources cannot be read", e);
        }
        assertThat(found).as("sources").hasSizeGreaterThan(50);
        return found;
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {

        private final List<Source> found;

        Visitor(List<Source> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes facts) {
            return NOT_OURS.contains(directory.getFileName().toString())
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
            String name = file.getFileName().toString();
            String ending = name.substring(name.lastIndexOf('.') + 1);
            // In a worktree of git .git is a file.
            if (facts.isRegularFile() && !BINARY.contains(ending) && !name.equals(".git")) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                found.add(new Source(DaemonProcess.PROJECT.relativize(file), text));
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
