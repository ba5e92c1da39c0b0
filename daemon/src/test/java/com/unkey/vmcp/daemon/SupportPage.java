package com.unkey.vmcp.daemon;

import com.unkey.vmcp.api.v1.Backend;
import com.unkey.vmcp.api.v1.BackendCapability;
import com.unkey.vmcp.api.v1.BackendField;
import com.unkey.vmcp.api.v1.BackendLimit;
import com.unkey.vmcp.api.v1.BackendOption;
import com.unkey.vmcp.api.v1.FieldTreatment;
import com.unkey.vmcp.api.v1.ListBackendsResponse;
import com.unkey.vmcp.core.vm.OptionMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of the page on what backends can do, from what they tell of themselves. The page has a
 * pair of comments around each table; what stands outside is written by hand.
 */
final class SupportPage {

    private static final Pattern TABLE =
            Pattern.compile("(?s)(<!-- begin ([a-z]+) -->\n).*?(<!-- end \\2 -->)");

    private static final Map<BackendCapability, String> CAPABILITIES =
            Map.of(
                    BackendCapability.BACKEND_CAPABILITY_PAUSE, "PauseVm, ResumeVm",
                    BackendCapability.BACKEND_CAPABILITY_POWER_BUTTON,
                            "ShutdownVm, RebootVm without `force`",
                    BackendCapability.BACKEND_CAPABILITY_REBOOT, "RebootVm",
                    BackendCapability.BACKEND_CAPABILITY_QCOW2, "disks in qcow2 format");

    private final List<Backend> backends;

    SupportPage(ListBackendsResponse told) {
        this.backends = told.getBackendsList();
    }

    /** The page with its tables made anew. */
    String renew(String page) {
        return TABLE.matcher(page)
                .replaceAll(
                        match ->
                                Matcher.quoteReplacement(
                                        match.group(1) + table(match.group(2)) + match.group(3)));
    }

    private String table(String name) {
        return switch (name) {
            case "capabilities" -> capabilities();
            case "limits" -> limits();
            case "fields" -> fields();
            case "options" -> options();
            default -> throw new IllegalArgumentException("the page has no such table: " + name);
        };
    }

    private String capabilities() {
        return head("")
                + Stream.of(BackendCapability.values())
                        .filter(CAPABILITIES::containsKey)
                        .map(
                                capability ->
                                        row(
                                                CAPABILITIES.get(capability),
                                                backend -> can(backend, capability)))
                        .collect(Collectors.joining());
    }

    private static String can(Backend backend, BackendCapability capability) {
        return backend.getCapabilitiesList().contains(capability) ? "yes" : "no";
    }

    private String limits() {
        return head("limit")
                + names(Backend::getLimitsList, limit -> limit.getName())
                        .map(name -> row("`" + name + "`", backend -> limit(backend, name)))
                        .collect(Collectors.joining());
    }

    private static String limit(Backend backend, String name) {
        return backend.getLimitsList().stream()
                .filter(limit -> limit.getName().equals(name))
                .map(SupportPage::limit)
                .findFirst()
                .orElse("");
    }

    private static String limit(BackendLimit limit) {
        return sentence(List.of(Long.toString(limit.getValue()), limit.getNote()));
    }

    private String fields() {
        return head("field")
                + names(Backend::getFieldsList, BackendField::getField)
                        .map(field -> row("`" + field + "`", backend -> field(backend, field)))
                        .collect(Collectors.joining());
    }

    private static String field(Backend backend, String path) {
        return backend.getFieldsList().stream()
                .filter(field -> field.getField().equals(path))
                .map(SupportPage::field)
                .findFirst()
                .orElse("");
    }

    private static String field(BackendField field) {
        String treatment =
                switch (field.getTreatment()) {
                    case FIELD_TREATMENT_HONOURED -> "";
                    case FIELD_TREATMENT_IGNORED -> "ignored";
                    case FIELD_TREATMENT_REFUSED -> "refused";
                    case FIELD_TREATMENT_UNSPECIFIED, UNRECOGNIZED -> "?";
                };
        String told =
                sentence(
                        List.of(treatment, quoted(field.getAcceptedValuesList()), field.getNote()));
        return told.isEmpty() && field.getTreatment() == FieldTreatment.FIELD_TREATMENT_HONOURED
                ? "yes"
                : told;
    }

    private String options() {
        return head("option")
                + Stream.of(OptionMap.values())
                        .flatMap(this::optionsOf)
                        .map(path -> row("`" + path + "`", backend -> option(backend, path)))
                        .collect(Collectors.joining());
    }

    private static String path(BackendOption option) {
        return option.getMap() + "." + (option.getName().isEmpty() ? "*" : option.getName());
    }

    /** Those of one map stay in the order in which they are told. */
    private Stream<String> optionsOf(OptionMap map) {
        return names(Backend::getOptionsList, SupportPage::path)
                .filter(path -> path.startsWith(map.path() + "."));
    }

    private static String option(Backend backend, String path) {
        return backend.getOptionsList().stream()
                .filter(option -> path(option).equals(path))
                .map(SupportPage::option)
                .findFirst()
                .orElse("no");
    }

    private static String option(BackendOption option) {
        String values =
                switch (option.getType()) {
                    case OPTION_TYPE_FLAG -> "flag";
                    case OPTION_TYPE_CHOICE -> quoted(option.getAcceptedValuesList());
                    case OPTION_TYPE_INTEGER ->
                            "%d to %d".formatted(option.getMinimum(), option.getMaximum());
                    case OPTION_TYPE_TEXT -> option.getRule();
                    case OPTION_TYPE_UNSPECIFIED, UNRECOGNIZED -> "?";
                };
        List<String> parts = new ArrayList<>(List.of(values));
        parts.addAll(option.getConditionsList());
        return sentence(parts);
    }

    private static String quoted(List<String> values) {
        return values.stream().map(value -> "`" + value + "`").collect(Collectors.joining(", "));
    }

    private static String sentence(List<String> parts) {
        return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining("; "));
    }

    /** All names that any backend tells, those of the first one first. */
    private <T> Stream<String> names(Function<Backend, List<T>> entries, Function<T, String> name) {
        Set<String> names = new LinkedHashSet<>();
        for (Backend backend : backends) {
            entries.apply(backend).forEach(entry -> names.add(name.apply(entry)));
        }
        return names.stream();
    }

    private String head(String first) {
        return row(first, Backend::getName) + "|---".repeat(backends.size() + 1) + "|\n";
    }

    private String row(String first, Function<Backend, String> cell) {
        return Stream.concat(
                        Stream.of(first),
                        backends.stream().map(cell).map(text -> text.replace("|", "\\|")))
                .map(cell0 -> (" " + cell0).stripTrailing() + " ")
                .collect(Collectors.joining("|", "|", "|\n"));
    }
}
