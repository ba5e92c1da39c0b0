package com.unkey.vmcp.backends.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private static Options options(Map<String, String> values) {
        return new Options("Some", "config.x", values);
    }

    @Test
    void whatIsReadAndUnderstoodIsNoViolation() {
        Options options =
                options(
                        Map.of(
                                "a",
                                "on",
                                "b",
                                "7",
                                "c",
                                "text",
                                "d",
                                "x",
                                "e",
                                "9000000000",
                                "f",
                                "settled"));
        assertThat(options.flag("a")).contains(true);
        assertThat(options.number("b", 1, 7)).hasValue(7);
        assertThat(options.text("c", Pattern.compile("[a-z]+"), "letters")).contains("text");
        assertThat(options.choice("d", List.of("x", "y"))).contains("x");
        assertThat(options.number("e", 0, Long.MAX_VALUE)).hasValue(9_000_000_000L);
        options.settledElsewhere("f", new OptionValues.Text("anything"));
        assertThat(options.flag("absent")).isEmpty();
        assertThat(options.number("absent", 0L, 1L)).isEmpty();
        assertThat(options.violations()).isEmpty();
    }

    @Test
    void whatIsNotUnderstoodIsNamedWithItsValue() {
        Options options =
                options(Map.of("a", "maybe", "b", "8", "c", "-1", "d", "9".repeat(19), "e", ""));
        assertThat(options.flag("a")).isEmpty();
        assertThat(options.number("b", 1, 7)).isEmpty();
        assertThat(options.number("c", 0L, 7L)).isEmpty();
        assertThat(options.number("d", 0, Long.MAX_VALUE)).isEmpty();
        assertThat(options.number("e", 0, 7)).isEmpty();
        assertThat(options.violations())
                .containsExactlyInAnyOrder(
                        violation("a", "must be on, true, off or false, got \"maybe\""),
                        violation("b", "must be 1 to 7, got \"8\""),
                        violation("c", "must be 0 to 7, got \"-1\""),
                        violation(
                                "d",
                                "must be 0 to 9223372036854775807, got \"9999999999999999999\""),
                        violation("e", "must be 0 to 7, got \"\""));
    }

    @Test
    void whatNobodyReadsIsRefused() {
        Refusals refusals = new Refusals("Some");
        Options options = refusals.options(Refusals.disk(1) + ".options", Map.of("bps", "1"));
        refusals.addAll(options);
        refusals.oneOf("config.y", "scsi", List.of("virtio"));
        refusals.oneOf("config.y", "virtio", List.of("virtio"));
        refusals.oneOf("config.y", "", List.of("virtio"));
        assertThat(refusals.all())
                .containsExactly(
                        new Violation(
                                "config.storage[1].options.bps",
                                "is not an option of the Some backend"),
                        new Violation(
                                "config.y", "the Some backend has virtio only, got \"scsi\""));
    }

    @Test
    void anOptionNeedsNoValueToBreakACondition() {
        Options options = options(Map.of("a", "9", "b", "x"));
        assertThat(options.number("a", 1, 7)).isEmpty();
        options.refuseIf(options.has("a"), "a", "is told of once");
        options.refuseIf(!options.has("c"), "b", "needs c");
        options.openTo(new OptionValues.Flag(), "any letter");
        assertThat(options.violations())
                .containsExactly(
                        violation("a", "must be 1 to 7, got \"9\""),
                        violation("b", "needs c, got \"x\""));
    }

    @Test
    void whatIsUnderstoodIsWhatIsAskedFor() {
        assertThat(Options.understoodBy(OptionMap.STORAGE_OPTIONS, OptionsTest::read))
                .containsExactly(
                        option("f", new OptionValues.Choice(List.of("raw"))),
                        option("a", new OptionValues.Flag()),
                        option("b", new OptionValues.Range(1, 7), "must be odd", "needs a"),
                        option("c", new OptionValues.Text("letters")),
                        option("", new OptionValues.Flag(), "any letter"));
    }

    private static void read(Options options) {
        options.settledElsewhere("f", new OptionValues.Choice(List.of("raw")));
        Optional<Boolean> a = options.flag("a");
        OptionalInt b = options.number("b", 1, 7);
        options.refuseIf(b.orElse(1) % 2 == 0, "b", "must be odd");
        options.refuseIf(a.isEmpty(), "b", "needs a");
        Optional<String> _ = options.text("c", Pattern.compile("[a-z]+"), "letters");
        options.openTo(new OptionValues.Flag(), "any letter");
    }

    private static Option option(String name, OptionValues values, String... conditions) {
        return new Option(OptionMap.STORAGE_OPTIONS, name, values, List.of(conditions));
    }

    @Test
    void anOptionWithoutNameIsNone() {
        Options options = options(Map.of("", "on"));
        options.openTo(new OptionValues.Flag(), "any letter");
        assertThat(options.violations()).extracting(Violation::field).containsExactly("config.x.");
    }

    @Test
    void memoryBackingIsReadAlikeForAll() {
        Options sound = options(Map.of("hugepages", "on", "hugepage_size", "1G", "shared", "off"));
        MemoryBacking backing = MemoryBacking.read(sound);
        assertThat(backing.hugepageSize()).contains("1G");
        assertThat(backing.ordinary()).isFalse();
        assertThat(sound.violations()).isEmpty();

        Options alone = options(Map.of("hugepage_size", "2M"));
        assertThat(MemoryBacking.read(alone).ordinary()).isTrue();
        assertThat(alone.violations())
                .containsExactly(
                        violation("hugepage_size", "needs hugepages=on as well, got \"2M\""));
    }

    private static Violation violation(String name, String message) {
        return new Violation("config.x." + name, message);
    }
}
