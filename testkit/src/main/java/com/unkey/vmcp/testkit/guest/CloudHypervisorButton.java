package com.unkey.vmcp.testkit.guest;

import java.util.HexFormat;

/**
 * Code that watches Cloud Hypervisor's event device and heeds its power button and its requests to
 * give up a PCI device.
 *
 * <p>The device's one byte lies just below 2^(physical address bits) - 64 KiB, beyond the reach of
 * 32-bit code, so the guest asks CPUID for the address bits, maps the last 2 MiB of the address
 * space behind its first 2 MiB and goes on in 64-bit mode.
 */
final class CloudHypervisorButton {
    /** Where the last 2 MiB of guest physical addresses are mapped. */
    private static final int WINDOW = 0x200000;

    /** Bytes from the window's begin to the two devices, without and with memory hotplug. */
    private static final int EVENTS = 0x1ed000;

    private static final int PCI_EJECTION = 0x1ef000;
    private static final int SHIFT_WITH_MEMORY_HOTPLUG = 0x1000;

    private CloudHypervisorButton() {}

    /** Goes from the PVH entry's 32-bit mode to 64-bit mode, on to the code that follows this. */
    static byte[] enterLongMode() {
        String toJump = MAP_THE_LAST_2_MIB + SWITCH_TO_LONG_MODE;
        int table = PvhElf.LOAD_ADDRESS + toJump.length() / 2 + 7 + 7;
        String jump =
                "0f0115" // lgdt table
                        + littleEndian(table)
                        + "ea" // ljmp to what follows the table, code segment 8
                        + littleEndian(table + 6 + 16)
                        + "0800";
        String descriptors =
                "0f00" // limit: two descriptors
                        + littleEndian(table + 6) // their address
                        + "0000000000000000" // none
                        + "ffff0000009baf00"; // 64-bit code, ring 0
        return HexFormat.of().parseHex(toJump + jump + descriptors);
    }

    /** Looks once; 64-bit code that uses %rax, %rbx and %rdx. */
    static String poll(boolean memoryHotplug) {
        int shift = memoryHotplug ? SHIFT_WITH_MEMORY_HOTPLUG : 0;
        int events = WINDOW + EVENTS - shift;
        int pci = WINDOW + PCI_EJECTION - shift;
        return "8a1c25" // mov events, %bl; reading clears it
                + littleEndian(events)
                + "f6c308" // test $8, %bl: the power button
                + "740b" // jz over the power-off
                + POWER_OFF
                + "f6c304" // test $4, %bl: a PCI device is to go
                + "740e" // jz over the rest
                + "8b0425" // mov pci + 4, %eax: the slots that are to go
                + littleEndian(pci + 4)
                + "890425" // mov %eax, pci + 8: eject them
                + littleEndian(pci + 8);
    }

    /** The sleep control register takes sleep type 5 (S5), then the processor halts. */
    static final String POWER_OFF =
            "66ba0006" // mov $0x600, %dx
                    + "b034" // mov $0x34, %al: sleep enable, type 5
                    + "ee" // out %al, %dx
                    + "fa" // cli
                    + "f4" // hlt
                    + "ebfd"; // jmp to the hlt

    private static final String MAP_THE_LAST_2_MIB =
            "b808000080" // mov $0x80000008, %eax
                    + "0fa2" // cpuid
                    + "88c1" // mov %al, %cl: physical address bits
                    + "ba01000000" // mov $1, %edx
                    + "d3e2" // shl %cl, %edx: upper half of 2^bits (the count is taken mod 32)
                    + "4a" // dec %edx: upper half of the last 2 MiB
                    + "bf00001100" // mov $0x110000, %edi: level 4 table
                    + "c70703101100" // movl $0x111003, (%edi): level 3, present, writable
                    + "c7870010000003201100" // movl $0x112003, 0x1000(%edi): level 2
                    + "c7870020000083000000" // movl $0x83, 0x2000(%edi): a large page at 0
                    + "c787082000009300e0ff" // movl $0xffe00093, 0x2008(%edi): uncached
                    + "89970c200000"; // mov %edx, 0x200c(%edi): its upper half

    private static final String SWITCH_TO_LONG_MODE =
            "0f20e0" // mov %cr4, %eax
                    + "83c820" // or $0x20, %eax: physical address extension
                    + "0f22e0" // mov %eax, %cr4
                    + "0f22df" // mov %edi, %cr3
                    + "b9800000c0" // mov $0xc0000080, %ecx: EFER
                    + "0f32" // rdmsr
                    + "80cc01" // or $1, %ah: long mode
                    + "0f30" // wrmsr
                    + "0f20c0" // mov %cr0, %eax
                    + "0d00000080" // or $0x80000000, %eax: paging
                    + "0f22c0"; // mov %eax, %cr0

    private static String littleEndian(int value) {
        return HexFormat.of().toHexDigits(Integer.reverseBytes(value));
    }
}
