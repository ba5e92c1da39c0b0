package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.backends.firecracker.JailSettings.IdRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads how processes are to be jailed. The ids have no default: which of them belong to nobody on
 * a host, and to no file of it, only its operator knows, and a guest that breaks out of its VMM is
 * whoever has the id.
 */
final class JailVariables {

    static final String JAILER = "FC_JAILER";

    private static final String UIDS = "FC_JAILER_UIDS";
    private static final String GIDS = "FC_JAILER_GIDS";
    private static final String CHROOT = "FC_JAILER_CHROOT";
    private static final String CGROUPS = "FC_JAILER_CGROUPS";
    private static final String NETNS = "FC_JAILER_NETNS";

    private static final Path DEFAULT_CHROOT = Path.of("/srv/jailer");

    private static final Pattern RANGE = Pattern.compile("([0-9]{1,10})(?:-([0-9]{1,10}))?");

    /** As the jailer takes it: the name of a file with its controller in front, and no other =. */
    private static final Pattern SETTING =
            Pattern.compile("[a-z0-9_]+\\.[A-Za-z0-9_.]+=[^=]*[^=\\s]");

    /** Values have commas, colons and spaces of their own, and never this. */
    private static final Pattern BETWEEN_SETTINGS = Pattern.compile("\\s*;\\s*");

    private final boolean root;
    private final RootsOwn rootsOwn;

    /**
     * @param root whether the daemon runs as root
     */
    JailVariables(boolean root, RootsOwn rootsOwn) {
        this.root = root;
        this.rootsOwn = rootsOwn;
    }

    boolean isAskedFor(Variables variables) {
        return variables.text(JAILER).isPresent();
    }

    /** Empty where no jail is asked for, and where a mistake was noted. */
    Optional<JailSettings> read(Variables variables) {
        Optional<Path> jailer = variables.path(JAILER);
        Optional<IdRange> uids = ids(variables, UIDS);
        Optional<IdRange> gids = ids(variables, GIDS);
        Path chroot = variables.path(CHROOT).orElse(DEFAULT_CHROOT);
        List<String> cgroups = cgroups(variables);
        Optional<Path> netns = variables.path(NETNS);
        if (isAskedFor(variables)) {
            check(variables, chroot);
        } else {
            refuseWithoutJailer(variables);
        }
        return jailer.isPresent() && uids.isPresent() && gids.isPresent()
                ? Optional.of(
                        new JailSettings(
                                jailer.get(), uids.get(), gids.get(), chroot, cgroups, netns))
                : Optional.empty();
    }

    private static Optional<IdRange> ids(Variables variables, String name) {
        return variables.parsed(
                name,
                "FIRST-LAST, as 10000-10999, or one id, from 1 to %d".formatted(Integer.MAX_VALUE),
                JailVariables::range);
    }

    private static IdRange range(String value) {
        Matcher range = RANGE.matcher(value);
        if (!range.matches()) {
            throw new IllegalArgumentException("no range");
        }
        int first = Integer.parseInt(range.group(1));
        int last = Optional.ofNullable(range.group(2)).map(Integer::parseInt).orElse(first);
        return new IdRange(first, last);
    }

    private static List<String> cgroups(Variables variables) {
        return variables
                .parsed(
                        CGROUPS,
                        "file=value with semicolons between, as cpuset.cpus=0,1;cpu.shares=512",
                        JailVariables::settings)
                .orElse(List.of());
    }

    private static List<String> settings(String value) {
        List<String> settings = Arrays.asList(BETWEEN_SETTINGS.split(value.strip()));
        if (!settings.stream().allMatch(setting -> SETTING.matcher(setting).matches())) {
            throw new IllegalArgumentException("no file=value");
        }
        return settings;
    }

    private void check(Variables variables, Path chroot) {
        List<String> missing =
                Stream.of(UIDS, GIDS)
                        .filter(name -> variables.text(name).isEmpty())
                        .map(name -> Variables.PREFIX + name)
                        .toList();
        if (!missing.isEmpty()) {
            variables.refuse(JAILER, "needs " + String.join(" and ", missing));
        }
        if (!root) {
            variables.refuse(JAILER, "needs a daemon that runs as root");
            return;
        }
        rootsOwn.trouble(chroot)
                .ifPresent(
                        trouble ->
                                variables.error(
                                        "%s%s: %s: %s"
                                                .formatted(
                                                        Variables.PREFIX,
                                                        CHROOT,
                                                        chroot,
                                                        trouble)));
    }

    private static void refuseWithoutJailer(Variables variables) {
        List<String> alone = new ArrayList<>(List.of(UIDS, GIDS, CHROOT, CGROUPS, NETNS));
        alone.removeIf(name -> variables.text(name).isEmpty());
        alone.forEach(name -> variables.refuse(name, "needs " + Variables.PREFIX + JAILER));
    }
}
