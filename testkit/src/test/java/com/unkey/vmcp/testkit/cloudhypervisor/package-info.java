/** The fake on its own terms, and fake and real program under one contract. */
@NullMarked
package com.unkey.vmcp.testkit.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
