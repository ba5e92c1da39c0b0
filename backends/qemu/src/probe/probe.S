# The accelerator probe guest: does early what a stock 64-bit Linux does early, and says so.
#
# QEMU loads the flat image below (an ELF64 file whose headers are written out by hand, so that the
# bytes do not depend on the linker's layout) through its PVH note on q35, pc and microvm.
# Assembled and linked by build.sh in this folder; the result is the resource probe.elf.
#
# What it prints on the first serial port (0x3f8):
#       vmcp-probe 1
#       STAGE ok [HEX]                the stage passed; HEX is a measurement
#       STAGE skip                    CPUID says that the feature is not there
#       STAGE fail CODE [...]         the stage noticed wrong behaviour; the guest ends here
#       done                          every stage passed
# A line that stops after STAGE names the stage in which the guest crashed or hung.
# There are no timeouts in here: whoever runs the guest keeps the clock.
#
# Order: cheap and most telling first. Optional features are tried only where CPUID offers them, since
# Linux does the same; a host that lacks one is not unfit.

        .include "layout.inc"
        .include "macros.inc"

        .text
        .globl  _start
_start:
image:
# --- ELF64 header -------------------------------------------------------------------------------
        .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        .short  2, 62                           # ET_EXEC, EM_X86_64
        .long   1
        .quad   entry32                         # used by nobody: the PVH note names the entry
        .quad   program_headers - image
        .quad   0
        .long   0
        .short  64, 56, 2, 0, 0, 0
program_headers:
        .long   1, 7                            # PT_LOAD, RWX: the headers are loaded too
        .quad   0, image, image, image_end - image, image_end - image, 0x1000
        .long   4, 4                            # PT_NOTE
        .quad   note - image, note, note, note_end - note, note_end - note, 4
note:   .long   4, 4, 18                        # XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .long   entry32
note_end:

        .include "early32.inc"
        .include "real16.inc"
        .include "long64.inc"
        .include "console64.inc"
        .include "speed64.inc"
        .include "traps.inc"
        .include "cpu.inc"
        .include "paging.inc"
        .include "timers.inc"
        .include "user.inc"
        .include "smp.inc"
        .balign 16, 0
image_end:
