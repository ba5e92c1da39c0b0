package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a VMM said last, fit for a client: a few lines, with the client's own paths as the client
 * gave them and without those of the host.
 */
public final class LastWords {

    private static final Logger log = LoggerFactory.getLogger(LastWords.class);
    private static final int TAIL_BYTES = 4096;
    private static final int LINES = 5;

    private final VmmProgram program;
    private final Path file;
    private final UnaryOperator<String> telling;
    private final Map<String, String> replacements = new LinkedHashMap<>();

    /**
     * @param file what the VMM says
     * @param runDirectory the VM's
     */
    public LastWords(VmmProgram program, Path file, Path runDirectory, LaunchPlan plan) {
        this(program, file, runDirectory, plan, UnaryOperator.identity());
    }

    /**
     * For a VMM whose log has more than last words.
     *
     * @param telling what of a line is told; empty where it is not worth telling
     */
    public LastWords(
            VmmProgram program,
            Path file,
            Path runDirectory,
            LaunchPlan plan,
            UnaryOperator<String> telling) {
        this.program = program;
        this.file = file;
        this.telling = telling;
        clientPaths(plan);
        replacements.put(runDirectory + "/", "");
        replacements.put(runDirectory.toString(), "the run directory");
    }

    private void clientPaths(LaunchPlan plan) {
        VmSpec spec = plan.definition().spec();
        var files = plan.definition().files();
        spec.boot()
                .ifPresent(
                        boot -> asGiven(files.kernel(), boot.firmware().orElse(boot.kernelPath())));
        files.initrd()
                .ifPresent(
                        initrd ->
                                spec.boot().ifPresent(boot -> asGiven(initrd, boot.initrdPath())));
        files.consoleOutput()
                .ifPresent(
                        output ->
                                spec.devices()
                                        .console()
                                        .ifPresent(console -> asGiven(output, console.output())));
        List<VmSpec.Disk> disks = spec.devices().disks();
        for (int i = 0; i < disks.size(); i++) {
            asGiven(files.disks().get(i).path(), disks.get(i).path());
        }
    }

    private void asGiven(Path resolved, String given) {
        if (!given.isEmpty()) {
            replacements.put(resolved.toString(), given);
        }
    }

    /** The last lines, joined by "; "; empty where it said nothing. */
    public String read() {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - TAIL_BYTES));
            ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
            while (tail.hasRemaining() && channel.read(tail) >= 0) {
                // Until it is full or the file ends.
            }
            return cut(new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            log.warn("the log {} of {} cannot be read", file, program.title(), e);
            return "";
        }
    }

    /** Zero bytes are holes where the log was cut to its size limit. */
    private String cut(String text) {
        List<String> lines =
                text.replace("\0", "")
                        .lines()
                        .map(line -> telling.apply(line.strip()))
                        .filter(line -> !line.isEmpty())
                        .toList();
        String last =
                lines.stream()
                        .skip(Math.max(0, lines.size() - LINES))
                        .collect(Collectors.joining("; "));
        return fit(last)
                .replaceAll("(^|; )/\\S*/(?=" + Pattern.quote(program.fileName()) + ")", "$1");
    }

    /** What the VMM says in another way, with the paths that a client may see. */
    public String fit(String words) {
        String fit = words;
        for (Map.Entry<String, String> entry : replacements.entrySet()) {
            fit = fit.replace(entry.getKey(), entry.getValue());
        }
        return fit;
    }

    /** {@code text}, and the VMM's words where there are any. */
    public String after(String text) {
        String words = read();
        return words.isEmpty() ? text : text + ": " + words;
    }
}
