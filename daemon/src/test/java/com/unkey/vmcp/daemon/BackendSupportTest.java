package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.port.BackendProfile.Treatment;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What backends tell of themselves is what they do, and what the page on it says. */
class BackendSupportTest {

    private static final Path PAGE = Path.of("..", "docs", "backend-support.md");
    private static final String RENEW =
            "mvn -pl daemon -am test -Dtest=BackendSupportTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dvmcp.renew=true";

    private ShippedBackends backends;

    @BeforeEach
    void open(@TempDir Path scratch) {
        backends = new ShippedBackends(scratch);
    }

    @AfterEach
    void close() {
        backends.close();
    }

    private Stream<Hypervisor> all() {
        return Stream.concat(backends.usual().stream(), backends.others().stream());
    }

    @Test
    void thePageSaysWhatTheyTell() throws IOException, InterruptedException {
        String page = Files.readString(PAGE);
        String renewed = new SupportPage(backends.listed()).renew(page);
        if (Boolean.getBoolean("vmcp.renew")) {
            Files.writeString(PAGE, renewed);
        } else {
            assertThat(page)
                    .as("docs/backend-support.md; run `%s` to renew it", RENEW)
                    .isEqualTo(renewed);
        }
    }

    @Test
    void aDeclaredOptionIsTakenWithTheValuesThatAreDeclared() {
        all().forEach(
                        backend ->
                                backend.profile().options().stream()
                                        .filter(option -> !option.name().isEmpty())
                                        .forEach(option -> takes(backend, option)));
    }

    private static void takes(Hypervisor backend, Option option) {
        for (String value : Samples.accepted(option)) {
            assertThat(refused(backend, Samples.spec(option, value)))
                    .as("%s with %s=%s", backend.name(), option, value)
                    .isEmpty();
        }
        if (Samples.settledHere(option)) {
            for (String value : Samples.refused(option)) {
                assertThat(refused(backend, Samples.spec(option, value)))
                        .as("%s with %s=%s", backend.name(), option, value)
                        .anyMatch(field -> field.endsWith("." + option.name()));
            }
        }
    }

    /** Those of the other backends, and one that nobody has. */
    @Test
    void anOptionThatIsNotDeclaredIsRefusedByItsName() {
        Set<Option> known = new HashSet<>();
        all().forEach(backend -> known.addAll(backend.profile().options()));
        for (OptionMap map : OptionMap.values()) {
            known.add(new Option(map, "no_such_thing", new OptionValues.Flag(), List.of()));
        }
        all().forEach(
                        backend ->
                                known.stream()
                                        .filter(option -> !declares(backend.profile(), option))
                                        .forEach(option -> refuses(backend, option)));
    }

    private static boolean declares(BackendProfile profile, Option option) {
        return profile.options().stream()
                .filter(own -> own.map() == option.map())
                .anyMatch(own -> own.name().isEmpty() || own.name().equals(option.name()));
    }

    private static void refuses(Hypervisor backend, Option option) {
        assertThat(refused(backend, Samples.spec(option, Samples.accepted(option).getFirst())))
                .as("%s with %s", backend.name(), option)
                .anyMatch(field -> field.endsWith("." + option.name()));
    }

    @Test
    void aFieldIsTreatedAsDeclared() {
        all().forEach(
                        backend -> {
                            for (SpecField field : SpecField.values()) {
                                treats(backend, field, backend.profile().field(field));
                            }
                        });
    }

    private static void treats(Hypervisor backend, SpecField field, Field declared) {
        List<String> values =
                declared.accepted().isEmpty() ? List.of(Samples.value(field)) : declared.accepted();
        for (String value : values) {
            boolean refused =
                    refused(backend, Samples.spec(field, value)).stream()
                            .anyMatch(path -> Samples.isOf(path, field));
            assertThat(refused)
                    .as("%s refuses %s=%s", backend.name(), field.path(), value)
                    .isEqualTo(declared.treatment() == Treatment.REFUSED);
        }
        if (!declared.accepted().isEmpty()) {
            assertThat(refused(backend, Samples.spec(field, "no-such-thing")))
                    .as("%s of no such kind on %s", field.path(), backend.name())
                    .anyMatch(path -> Samples.isOf(path, field));
        }
    }

    @Test
    void aLimitIsWhereItIsDeclared() {
        all().forEach(
                        backend ->
                                assertThat(backend.profile().limits())
                                        .as("limits of %s", backend.name())
                                        .filteredOn(limit -> limit.name().equals("max_vcpus"))
                                        .singleElement()
                                        .satisfies(
                                                limit -> {
                                                    int most = Math.toIntExact(limit.value());
                                                    assertThat(
                                                                    refused(
                                                                            backend,
                                                                            Samples.vcpus(most)))
                                                            .isEmpty();
                                                }));
    }

    private static List<String> refused(Hypervisor backend, VmSpec spec) {
        return backend.unsupported(spec).stream().map(Violation::field).toList();
    }
}
