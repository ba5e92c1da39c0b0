package com.unkey.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelArgumentsTest {

    @Test
    void emptyOnesBecomeTheFallback() {
        assertThat(KernelArguments.of(" ", "console=ttyS0")).hasToString("console=ttyS0");
    }

    @Test
    void whatIsThereIsNotAddedAgain() {
        assertThat(KernelArguments.of("quiet root=/dev/vda1", "x").addIfAbsent("root", "/dev/vda"))
                .hasToString("quiet root=/dev/vda1");
    }

    @Test
    void whatIsMissingIsAddedBehindTheGivenOnesAsTheyWere() {
        assertThat(KernelArguments.of("a  b", "x").addIfAbsent("root", "/dev/vda rw"))
                .hasToString("a  b root=/dev/vda rw");
    }

    @Test
    void aNameThatOnlyEndsAlikeIsAnotherName() {
        assertThat(KernelArguments.of("nfsroot=1", "x").has("root")).isFalse();
    }
}
