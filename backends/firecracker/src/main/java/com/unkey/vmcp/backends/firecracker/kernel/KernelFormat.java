package com.unkey.vmcp.backends.firecracker.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a file is that somebody calls a kernel. */
sealed interface KernelFormat {

    /** An uncompressed ELF64 for x86-64. */
    record Vmlinux() implements KernelFormat {}

    record Packed(BzImage image) implements KernelFormat {}

    /**
     * Nothing that Firecracker could be given.
     *
     * @param what it is, with its article
     */
    record Other(String what) implements KernelFormat {}

    /** Bytes from the start that tell all formats apart: the x86 setup header ends in them. */
    int HEADER_BYTES = 0x280;

    /**
     * Looks at its first bytes, and at where these say the kernel is.
     *
     * @throws KernelFormatException where it is a bzImage that nothing can be taken out of
     */
    static KernelFormat of(FileChannel file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FileRegion.read(file, header, 0);
        header.flip();
        if (header.limit() == 0) {
            return new Other("an empty file");
        }
        Optional<KernelFormat> elf = Elf.look(header);
        if (elf.isPresent()) {
            return elf.get();
        }
        Optional<BzImage> image = BzImage.read(file, header);
        return image.isPresent() ? new Packed(image.get()) : new Other(name(header));
    }

    private static String name(ByteBuffer header) {
        if (has(header, 56, "ARMd")) {
            return "an arm64 Image";
        }
        if (has(header, 56, "RSC\5")) {
            return "a RISC-V Image";
        }
        if (has(header, 0, "MZ") && has(header, 4, "zimg")) {
            return "a compressed EFI image";
        }
        if (has(header, 0, "'\5\31V")) {
            return "a U-Boot image";
        }
        Optional<Packing> packing = Packing.of(header);
        if (packing.isPresent()) {
            return "a file compressed with %s; decompress it first"
                    .formatted(packing.get().title());
        }
        return has(header, 0, "MZ") ? "an EFI program" : "something unknown";
    }

    private static boolean has(ByteBuffer header, int offset, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (header.limit() < offset + bytes.length) {
            return false;
        }
        return header.slice(offset, bytes.length).equals(ByteBuffer.wrap(bytes));
    }
}
