package com.unkey.vmcp.e2e;

import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.daemon.Daemon;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The daemon with traps. While the file named by {@code vmcp.trap} is there, holding {@code ACTION
 * POINT N}, the N-th time that the daemon gets to the point it kills itself on the spot, by SIGKILL
 * as any other process would.
 */
public final class FailPointMain {

    private static final int SIGKILL = 9;

    private FailPointMain() {}

    public static void main(String[] arguments) {
        Path trap = Path.of(System.getProperty("vmcp.trap"));
        System.exit(Daemon.run(arguments, new Trap(trap, killer())));
    }

    /** Linked ahead, so that nothing comes between the point and the kill. */
    @SuppressWarnings("restricted")
    private static MethodHandle killer() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("kill").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    private static final class Trap implements FailPoints {

        private final Path file;
        private final MethodHandle killer;
        private final int self = Math.toIntExact(ProcessHandle.current().pid());
        private final AtomicInteger hits = new AtomicInteger();

        Trap(Path file, MethodHandle killer) {
            this.file = file;
            this.killer = killer;
        }

        @Override
        public void reach(Point point, Action action) {
            try {
                if (!Files.exists(file)) {
                    return;
                }
                String[] wanted = Files.readString(file).split(" ", -1);
                if (wanted[0].equals(action.name())
                        && wanted[1].equals(point.name())
                        && hits.incrementAndGet() == Integer.parseInt(wanted[2])) {
                    int _ = (int) killer.invokeExact(self, SIGKILL);
                }
            } catch (IOException e) {
                throw new IllegalStateException("the trap cannot be read", e);
            } catch (Throwable e) {
                throw new IllegalStateException("the daemon cannot kill itself", e);
            }
        }
    }
}
