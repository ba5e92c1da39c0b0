package com.unkey.vmcp.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom. The poms hold the coarse rule, this the fine one. */
class ArrowsTest {

    private static final String OURS = "com.unkey.vmcp.";

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("com.unkey.vmcp");
        assertThat(classes).as("classes read").hasSizeGreaterThan(200);
    }

    @Test
    void coreKnowsTheJdkAndJSpecifyAlone() {
        classes()
                .that()
                .resideInAPackage(OURS + "core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.crypto..", "org.jspecify..", OURS + "core..")
                .check(classes);
    }

    @Test
    void adaptersKnowCoreAlone() {
        knowsOnly("store", "core");
        knowsOnly("supervision", "core");
        knowsOnly("testkit", "core");
        knowsOnly("rpc", "core", "api", "connect");
    }

    /** What they share has modules of its own; none knows another, nor supervision. */
    @Test
    void backendsKnowCoreAndWhatTheyShare() {
        knowsOnly("backends.adapter", "core");
        knowsOnly("backends.http", "core");
        for (String backend : backends()) {
            knowsOnly(backend, "core", "backends.adapter", "backends.http");
        }
    }

    /** By their packages, so that a further one is held to the rules too. */
    private static Set<String> backends() {
        Set<String> backends = new TreeSet<>();
        for (JavaClass each : classes) {
            String name = each.getPackageName();
            if (name.startsWith(OURS + "backends.")) {
                String[] parts = name.substring(OURS.length()).split("\\.", -1);
                backends.add(parts[0] + "." + parts[1]);
            }
        }
        backends.removeAll(Set.of("backends.adapter", "backends.http"));
        assertThat(backends).contains("backends.qemu");
        return backends;
    }

    @Test
    void onlyTheWiringKnowsBackends() {
        String[] packages =
                backends().stream().map(name -> OURS + name + "..").toArray(String[]::new);
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .and()
                .doNotHaveFullyQualifiedName(OURS + "daemon.Wiring")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .check(classes);
    }

    @Test
    void connectAndApiKnowNothingOfOurs() {
        knowsOnly("connect");
        knowsOnly("api");
    }

    private static void knowsOnly(String module, String... others) {
        Set<String> known = new TreeSet<>(Set.of(others));
        known.add(module);
        String[] packages = known.stream().map(name -> OURS + name + "..").toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(OURS + module + "..")
                .should()
                .onlyDependOnClassesThat(
                        JavaClass.Predicates.resideOutsideOfPackage("com.unkey.vmcp..")
                                .or(JavaClass.Predicates.resideInAnyPackage(packages)))
                .check(classes);
    }

    @Test
    void protobufStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackages(OURS + "api..", OURS + "rpc..", OURS + "connect..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "com.google.rpc..", OURS + "api..")
                .check(classes);
    }

    @Test
    void packagesOfAModuleFormNoCircle() {
        Set<String> modules = new TreeSet<>(backends());
        modules.addAll(List.of("core", "rpc", "connect", "store", "supervision"));
        modules.addAll(List.of("backends.adapter", "backends.http"));
        for (String module : modules) {
            slices().matching(OURS + module + ".(**)")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(classes);
        }
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(OURS + "daemon.Main")
                .and()
                .doNotHaveFullyQualifiedName(OURS + "testkit.vmm.PlayedProgram")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(classes);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass each : classes) {
            JavaPackage itsPackage = each.getPackage();
            boolean generated = itsPackage.getName().startsWith(OURS + "api.");
            if (!generated && !itsPackage.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(itsPackage.getName());
            }
        }
        assertThat(unmarked).as("packages without @NullMarked").isEmpty();
    }
}
