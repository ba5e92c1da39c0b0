package com.unkey.vmcp.backends.firecracker.kernel;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads the first bytes of an ELF file, as elf(5) lays them out. */
final class Elf {

    /** "\x7fELF", as a little-endian word. */
    private static final int MAGIC = 0x464c457f;

    private static final int HEADER_BYTES = 64;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int X86_64 = 62;
    private static final int AARCH64 = 183;
    private static final int RISCV = 243;

    private Elf() {}

    /** Empty where it is no ELF file at all. */
    static Optional<KernelFormat> look(ByteBuffer header) {
        if (header.limit() < 6 || header.getInt(0) != MAGIC) {
            return Optional.empty();
        }
        if (header.limit() < HEADER_BYTES) {
            return Optional.of(new KernelFormat.Other("an ELF file that was cut short"));
        }
        boolean wide = header.get(4) == CLASS_64;
        boolean little = header.get(5) == LITTLE_ENDIAN;
        int machine = Short.toUnsignedInt(header.getShort(18));
        return Optional.of(
                wide && little && machine == X86_64
                        ? new KernelFormat.Vmlinux()
                        : new KernelFormat.Other(name(wide, little, machine)));
    }

    private static String name(boolean wide, boolean little, int machine) {
        String architecture =
                switch (machine) {
                    case AARCH64 -> "arm64";
                    case RISCV -> "RISC-V";
                    default -> "machine " + machine;
                };
        return "%s ELF file%s"
                .formatted(
                        wide ? "a 64-bit" : "a 32-bit",
                        little ? " for " + architecture : " of big-endian byte order");
    }
}
