package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.Backend;
import com.unkey.vmcp.api.v1.BackendCapability;
import com.unkey.vmcp.api.v1.BackendField;
import com.unkey.vmcp.api.v1.BackendHealth;
import com.unkey.vmcp.api.v1.BackendLimit;
import com.unkey.vmcp.api.v1.BackendOption;
import com.unkey.vmcp.api.v1.FieldTreatment;
import com.unkey.vmcp.api.v1.ListBackendsResponse;
import com.unkey.vmcp.api.v1.OptionType;
import com.unkey.vmcp.core.control.BackendView;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.List;
import java.util.stream.Stream;

/** Backends as the API answers them. */
final class BackendWriter {

    private BackendWriter() {}

    static ListBackendsResponse write(List<BackendView> backends) {
        ListBackendsResponse.Builder list = ListBackendsResponse.newBuilder();
        backends.stream().map(BackendWriter::backend).forEach(list::addBackends);
        return list.build();
    }

    private static Backend backend(BackendView view) {
        BackendProfile profile = view.profile();
        Backend.Builder out =
                Backend.newBuilder().setName(view.name().value()).setIsDefault(view.standard());
        health(view, out);
        view.capabilities().stream()
                .sorted()
                .map(BackendWriter::capability)
                .forEach(out::addCapabilities);
        profile.limits().stream().map(BackendWriter::limit).forEach(out::addLimits);
        Stream.of(SpecField.values())
                .map(field -> field(field, profile.field(field)))
                .forEach(out::addFields);
        profile.options().stream().map(BackendWriter::option).forEach(out::addOptions);
        return out.build();
    }

    private static void health(BackendView view, Backend.Builder out) {
        switch (view.health()) {
            case com.unkey.vmcp.core.port.BackendHealth.Healthy(String version) ->
                    out.setHealth(BackendHealth.BACKEND_HEALTH_HEALTHY).setVersion(version);
            case com.unkey.vmcp.core.port.BackendHealth.Unhealthy(String reason) ->
                    out.setHealth(BackendHealth.BACKEND_HEALTH_UNHEALTHY).setHealthReason(reason);
        }
    }

    private static BackendCapability capability(Capability capability) {
        return switch (capability) {
            case PAUSE -> BackendCapability.BACKEND_CAPABILITY_PAUSE;
            case POWER_BUTTON -> BackendCapability.BACKEND_CAPABILITY_POWER_BUTTON;
            case REBOOT -> BackendCapability.BACKEND_CAPABILITY_REBOOT;
            case QCOW2 -> BackendCapability.BACKEND_CAPABILITY_QCOW2;
        };
    }

    private static BackendLimit limit(BackendProfile.Limit limit) {
        return BackendLimit.newBuilder()
                .setName(limit.name())
                .setValue(limit.value())
                .setField(limit.field())
                .setNote(limit.note())
                .build();
    }

    private static BackendField field(SpecField field, BackendProfile.Field made) {
        return BackendField.newBuilder()
                .setField(field.path())
                .setTreatment(treatment(made.treatment()))
                .addAllAcceptedValues(made.accepted())
                .setNote(made.note())
                .build();
    }

    private static FieldTreatment treatment(BackendProfile.Treatment treatment) {
        return switch (treatment) {
            case HONOURED -> FieldTreatment.FIELD_TREATMENT_HONOURED;
            case IGNORED -> FieldTreatment.FIELD_TREATMENT_IGNORED;
            case REFUSED -> FieldTreatment.FIELD_TREATMENT_REFUSED;
        };
    }

    private static BackendOption option(BackendProfile.Option option) {
        BackendOption.Builder out =
                BackendOption.newBuilder()
                        .setMap(option.map().path())
                        .setName(option.name())
                        .addAllConditions(option.conditions());
        switch (option.values()) {
            case OptionValues.Flag _ -> out.setType(OptionType.OPTION_TYPE_FLAG);
            case OptionValues.Choice(List<String> accepted) ->
                    out.setType(OptionType.OPTION_TYPE_CHOICE).addAllAcceptedValues(accepted);
            case OptionValues.Range(long least, long most) ->
                    out.setType(OptionType.OPTION_TYPE_INTEGER).setMinimum(least).setMaximum(most);
            case OptionValues.Text(String rule) ->
                    out.setType(OptionType.OPTION_TYPE_TEXT).setRule(rule);
        }
        return out.build();
    }
}
