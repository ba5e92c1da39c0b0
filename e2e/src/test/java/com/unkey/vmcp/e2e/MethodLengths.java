package com.unkey.vmcp.e2e;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Measures methods by the compiler's own parser. */
final class MethodLengths {

    private MethodLengths() {}

    /** Every method of more than so many lines, from its first modifier to its closing brace. */
    static List<String> longerThan(int lines, List<SourceTree.Source> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> files = sources.stream().map(MethodLengths::file).toList();
        JavacTask task =
                (JavacTask)
                        compiler.getTask(null, null, _ -> {}, List.of("-proc:none"), null, files);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<String> found = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(unit, positions, lines, found).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the sources cannot be parsed", e);
        }
        return found;
    }

    private static JavaFileObject file(SourceTree.Source source) {
        URI uri = URI.create("string:///" + source.path());
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source.text();
            }
        };
    }

    private static final class Scanner extends TreeScanner<Void, Void> {

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final int limit;
        private final List<String> found;

        Scanner(
                CompilationUnitTree unit,
                SourcePositions positions,
                int limit,
                List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.limit = limit;
            this.found = found;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            LineMap map = unit.getLineMap();
            long first = map.getLineNumber(positions.getStartPosition(unit, method));
            long last = map.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first + 1 > limit) {
                found.add(
                        String.format(
                                Locale.ROOT,
                                "%s: %s has %d lines",
                                unit.getSourceFile().getName(),
                                method.getName(),
                                last - first + 1));
            }
            return super.visitMethod(method, null);
        }
    }
}
