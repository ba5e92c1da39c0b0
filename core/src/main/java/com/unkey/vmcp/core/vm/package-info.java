/**
 * The model of a virtual machine: ids, spec, states, records and the rules between them. Start at
 * {@link com.unkey.vmcp.core.vm.VmRecord} and {@link com.unkey.vmcp.core.vm.VmState}.
 *
 * <p>Where each call leads from each state, as {@link com.unkey.vmcp.core.vm.Transitions} has it; a
 * dash is a refusal, a star needs force:
 *
 * <pre>
 *            BootVm    PauseVm   ResumeVm  RebootVm  ShutdownVm  DeleteVm
 * CREATED    RUNNING   -         -         -         -           GONE
 * RUNNING    -         PAUSED    -         RUNNING   SHUTDOWN    GONE*
 * PAUSED     -         -         RUNNING   RUNNING*  SHUTDOWN*   GONE*
 * SHUTDOWN   RUNNING   -         -         -         -           GONE
 * </pre>
 *
 * <p>A guest that powers itself off and a VMM that dies lead to SHUTDOWN from everywhere.
 *
 * <p>Pure values: no I/O, no threads, no clock. Depends on nothing but the JDK.
 */
@NullMarked
package com.unkey.vmcp.core.vm;

import org.jspecify.annotations.NullMarked;
