package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.port.HostInspector;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.supervision.StartException;
import com.unkey.vmcp.supervision.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks at files, memory and console outputs of a Linux host. Safe on every thread. */
public final class LinuxHostInspector implements HostInspector {

    private final InputPaths inputs;
    private final DiskImages disks;
    private final ConsoleFiles consoles;

    private LinuxHostInspector(InputPaths inputs, ConsoleFiles consoles) {
        this.inputs = inputs;
        this.disks = new DiskImages(inputs);
        this.consoles = consoles;
    }

    /**
     * Opens the inspector; there is nothing to close.
     *
     * @param state where it is noted which console files were made
     * @param allowedInputs directories below which kernels, initrds and disks must lie; none means
     *     anywhere
     * @param consoleDirectories directories below which clients may have console output written
     * @throws StartException where the notes on console files cannot be read
     */
    public static LinuxHostInspector open(
            StateDirectory state, List<Path> allowedInputs, List<Path> consoleDirectories) {
        ConsolePlaces places = new ConsolePlaces(consoleDirectories, state.owner());
        ConsoleNotes notes = new ConsoleNotes(state.consoleFiles());
        sweep(notes);
        ConsoleFiles consoles = new ConsoleFiles(notes, places, state.owner());
        return new LinuxHostInspector(new InputPaths(allowedInputs), consoles);
    }

    private static void sweep(ConsoleNotes notes) {
        try {
            notes.sweep();
        } catch (IOException e) {
            throw new StartException("notes on console files cannot be read", e);
        }
    }

    @Override
    public Inspection inspect(VmSpec spec) {
        Findings findings = new Findings();
        Optional<Path> kernel = spec.boot().flatMap(boot -> kernel(boot, findings));
        Optional<Path> initrd = spec.boot().flatMap(boot -> initrd(boot, findings));
        List<DiskFile> diskFiles = disks.inspect(spec.devices().disks(), findings);
        Optional<Path> console = console(spec, findings);
        HostMemory.check(spec.memoryBytes(), findings);
        Optional<GuestFiles> files =
                findings.violations().isEmpty()
                        ? kernel.map(path -> new GuestFiles(path, initrd, diskFiles, console))
                        : Optional.empty();
        return new Inspection(findings.violations(), files);
    }

    /** The image that is booted. */
    private Optional<Path> kernel(Boot boot, Findings findings) {
        String field =
                boot.firmware().isPresent()
                        ? "config.boot.boot_options.firmware"
                        : "config.boot.kernel_path";
        String path = boot.firmware().orElseGet(boot::kernelPath);
        return inputs.resolve(field, path, InputPaths.Kind.FILE, findings);
    }

    private Optional<Path> initrd(Boot boot, Findings findings) {
        return boot.initrdPath().isEmpty()
                ? Optional.empty()
                : inputs.resolve(
                        "config.boot.initrd_path",
                        boot.initrdPath(),
                        InputPaths.Kind.FILE,
                        findings);
    }

    /** A console that is off writes nothing, whatever file it names. */
    private Optional<Path> console(VmSpec spec, Findings findings) {
        return spec.devices()
                .console()
                .filter(console -> console.enabled() && !console.output().isEmpty())
                .flatMap(console -> consoles.inspect(console.output(), findings));
    }

    @Override
    public void claimConsole(Path file) {
        consoles.claim(file);
    }

    @Override
    public void reclaimConsole(Path file) {
        consoles.reclaim(file);
    }

    @Override
    public void releaseConsole(Path file, boolean remove) {
        consoles.release(file, remove);
    }
}
