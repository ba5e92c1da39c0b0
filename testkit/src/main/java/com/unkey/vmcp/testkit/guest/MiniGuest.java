package com.unkey.vmcp.testkit.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A guest kernel of a few dozen bytes. It needs one CPU, 2 MiB of memory or what the VMM's own
 * firmware asks for, no disk and no initrd; it neither reads its command line nor uses interrupts.
 */
public final class MiniGuest {
    /** The machines whose power button a guest can be built to watch. */
    public enum Machine {
        /**
         * The ICH9 power management block at port 0x600, where the firmware puts it; also true of
         * {@code pc}.
         */
        Q35,
        /** The generic event device of {@code microvm,acpi=on}. */
        MICROVM,
        /** Cloud Hypervisor's event device; the guest also gives up PCI devices when asked. */
        CLOUD_HYPERVISOR,
        /** The same where the VM has an ACPI memory {@code hotplug_size} above 0. */
        CLOUD_HYPERVISOR_MEMORY_HOTPLUG,
        /**
         * Firecracker, whose button is Ctrl-Alt-Del by the keyboard controller; it cannot power
         * off, so the guest resets it, which ends the process with exit code 0.
         */
        FIRECRACKER
    }

    /** What a guest does after its line. */
    public enum Tail {
        /** Halts for good with interrupts off. The VM goes on running. */
        HALT("fa" + "f4" + "ebfd"), // cli; hlt; jmp to the hlt
        /**
         * Resets the machine by the keyboard controller, then halts; microvm has no such
         * controller. Firecracker ends with exit code 0.
         */
        RESET("b0fe" + "e664" + "fa" + "f4" + "ebfd"), // mov $0xfe, %al; out %al, $0x64
        /** Powers the machine off where it is Cloud Hypervisor's. */
        POWER_OFF_CH(CloudHypervisorButton.POWER_OFF),
        /**
         * Crashes: an invalid instruction without an interrupt table is a triple fault. Cloud
         * Hypervisor starts the guest again; Firecracker ends with exit code 1.
         */
        CRASH("0f011d00001800" + "0f0b"); // lidt 0x180000 (untouched, so zeros); ud2

        private final String code;

        Tail(String code) {
            this.code = code;
        }
    }

    private static final String OUT_TO_SERIAL = "66baf803"; // mov $0x3f8, %dx

    /** Prints %edi in hex and a newline, then spins until the TSC has gone 2^26 cycles further. */
    private static final String PRINT_AND_WAIT =
            "89fb" // mov %edi, %ebx
                    + OUT_TO_SERIAL
                    + "b908000000" // mov $8, %ecx
                    + "c1c304" // digit: rol $4, %ebx
                    + "88d8" // mov %bl, %al
                    + "240f" // and $15, %al
                    + "0430" // add $'0', %al
                    + "3c3a" // cmp $'9' + 1, %al
                    + "7202" // jb over the next
                    + "0427" // add $'a' - '9' - 1, %al
                    + "ee" // out %al, %dx
                    + "e2ee" // loop digit
                    + "b00a" // mov $'\n', %al
                    + "ee" // out %al, %dx
                    + "0f31" // wait: rdtsc
                    + "0facd01a" // shrd $26, %edx, %eax
                    + "39e8" // cmp %ebp, %eax
                    + "74f6" // je wait
                    + "89c5"; // mov %eax, %ebp

    private final String name;
    private final byte[] code;
    private final boolean pvh;

    private MiniGuest(String name, byte[] code) {
        this(name, code, true);
    }

    private MiniGuest(String name, byte[] code, boolean pvh) {
        this.name = name;
        this.code = code;
        this.pvh = pvh;
    }

    /**
     * Counts up from 1 for ever: a line of eight lower-case hex digits each 2^26 TSC cycles (some
     * 27 ms), keeping its CPU busy. It goes on where it was after pause and resume, and begins at 1
     * again after a reset.
     */
    public static MiniGuest tick() {
        return new MiniGuest("tick", ticking("", ""));
    }

    /**
     * {@link #tick()}, and powers the machine off when its power button is pressed (within one
     * line's time).
     */
    public static MiniGuest tickWithPowerButton(Machine machine) {
        return switch (machine) {
            case Q35 ->
                    new MiniGuest("tick-button-q35", ticking(ENABLE_PM1_BUTTON, POLL_PM1_BUTTON));
            case MICROVM -> new MiniGuest("tick-button-microvm", ticking("", POLL_GED_BUTTON));
            case CLOUD_HYPERVISOR ->
                    new MiniGuest("tick-button-ch", tickingOnCloudHypervisor(false));
            case CLOUD_HYPERVISOR_MEMORY_HOTPLUG ->
                    new MiniGuest("tick-button-ch-hotplug", tickingOnCloudHypervisor(true));
            case FIRECRACKER -> new MiniGuest("tick-button-fc", ticking("", POLL_CTRL_ALT_DEL));
        };
    }

    /**
     * Prints the text once, as it is (no newline is added), then does what the tail says. ASCII
     * without NUL.
     */
    public static MiniGuest line(String text, Tail tail) {
        byte[] afterAddress =
                bytes(
                        OUT_TO_SERIAL
                                + "ac" // next: lodsb
                                + "84c0" // test %al, %al
                                + "7403" // jz tail
                                + "ee" // out %al, %dx
                                + "ebf8" // jmp next
                                + tail.code);
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        code.write(0xbe); // mov $text, %esi
        code.writeBytes(littleEndian(PvhElf.LOAD_ADDRESS + 5 + afterAddress.length));
        code.writeBytes(afterAddress);
        code.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        code.write(0);
        String name = "line-" + tail.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new MiniGuest(name, code.toByteArray());
    }

    /** Sends back each byte that comes in on the serial port. */
    public static MiniGuest echo() {
        return new MiniGuest(
                "echo",
                bytes(
                        "66bafd03" // poll: mov $0x3fd, %dx
                                + "ec" // in %dx, %al
                                + "a801" // test $1, %al: a byte has come
                                + "74f7" // jz poll
                                + OUT_TO_SERIAL
                                + "ec" // in %dx, %al
                                + "ee" // out %al, %dx
                                + "ebef")); // jmp poll
    }

    /**
     * The same without the PVH note, entered in 64-bit mode: by Firecracker, the only one that
     * starts such a file. Not for guests that watch Cloud Hypervisor's button.
     */
    public MiniGuest withoutNote() {
        return new MiniGuest(name + "-no-note", code, false);
    }

    /**
     * Writes the guest as a file of its own name into the directory, over an older one, and says
     * where it is.
     */
    public Path writeTo(Path directory) throws IOException {
        return Files.write(
                directory.resolve(name + ".elf"),
                pvh ? PvhElf.around(code) : PvhElf.withoutNote(code));
    }

    private static final String ENABLE_PM1_BUTTON =
            "66ba0206" // mov $0x602, %dx: PM1 enable
                    + "66b80001" // mov $0x100, %ax: the power button
                    + "66ef"; // out %ax, %dx

    private static final String POLL_PM1_BUTTON =
            "66ba0006" // mov $0x600, %dx: PM1 status
                    + "66ed" // in %dx, %ax
                    + "f6c401" // test $1, %ah: pressed
                    + "740d" // jz over the rest
                    + "66ba0406" // mov $0x604, %dx: PM1 control
                    + "66b80020" // mov $0x2000, %ax: sleep enable, type 0 (S5)
                    + "66ef" // out %ax, %dx
                    + "f4"
                    + "ebfd"; // hlt for good

    private static final String POLL_GED_BUTTON =
            "a10000a0fe" // mov 0xfea00000, %eax: event selector; reading clears it
                    + "a802" // test $2, %al: pressed
                    + "740a" // jz over the rest
                    + "b034" // mov $0x34, %al: sleep enable, type 5
                    + "a20002a0fe" // mov %al, 0xfea00200: sleep control
                    + "f4"
                    + "ebfd"; // hlt for good

    private static final String POLL_CTRL_ALT_DEL =
            "e464" // poll: in $0x64, %al: the keyboard controller's status
                    + "a801" // test $1, %al: a byte has come
                    + "740a" // jz over the rest
                    + "e460" // in $0x60, %al
                    + "3c71" // cmp $0x71, %al: the last byte of Delete
                    + "75f4" // jne poll
                    + "b0fe" // mov $0xfe, %al
                    + "e664"; // out %al, $0x64: reset

    private static byte[] tickingOnCloudHypervisor(boolean memoryHotplug) {
        return ticking(
                CloudHypervisorButton.enterLongMode(), CloudHypervisorButton.poll(memoryHotplug));
    }

    private static byte[] ticking(String init, String poll) {
        return ticking(bytes(init), poll);
    }

    private static byte[] ticking(byte[] init, String poll) {
        byte[] loop = bytes("ffc7" + poll + PRINT_AND_WAIT); // inc %edi
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        code.writeBytes(init);
        code.writeBytes(bytes("31ff")); // xor %edi, %edi
        code.writeBytes(loop);
        code.write(0xeb); // jmp to the loop's begin
        code.write(-(loop.length + 2));
        return code.toByteArray();
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
