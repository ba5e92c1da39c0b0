package com.unkey.vmcp.backends.firecracker;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The umask of this process, which each host sets when it is opened. */
final class Umask {

    private static final MethodHandle UMASK = linked();

    private Umask() {}

    @SuppressWarnings("restricted") // a foreign function is the only way to it
    private static MethodHandle linked() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("umask"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    static void set(int mask) {
        try {
            int _ = (int) UMASK.invokeExact(mask);
        } catch (Throwable e) {
            throw new LinkageError("umask threw", e);
        }
    }
}
