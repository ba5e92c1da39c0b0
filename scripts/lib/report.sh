# shellcheck shell=bash
# Counts what Maven's test reports say.

[[ -n ${VMCP_REPORT_SOURCED:-} ]] && return 0
VMCP_REPORT_SOURCED=1

# report_counts STAMP: "tests failed skipped" over the reports of this run, the ones newer than STAMP.
report_counts() {
    new_reports "$1" | xargs -0 -r sed -n '/<testsuite /,/>/p' | tr '\n' ' ' |
        grep -o '<testsuite [^>]*>' | awk '
            function attribute(name) {
                return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0
            }
            { tests += attribute("tests"); failed += attribute("failures") + attribute("errors"); skipped += attribute("skipped") }
            END { print tests + 0, failed + 0, skipped + 0 }'
}

new_reports() {
    find "$VMCP_ROOT" -path '*/target/*-reports/TEST-*.xml' -newer "$1" -print0
}

# Prints the reasons of skipped tests that no machine of ours may have: all but the want of a VMM that
# the distribution does not package. A reason is an attribute, or the first line of what the test threw;
# JUnit puts its own words before those of an assumption.
unexpected_skips() {
    new_reports "$1" | xargs -0 -r sed -n '/<skipped/p' |
        sed -E 's/.*<skipped([^>]*)>/\1>/
            /^[^>]*message=/ s/^[^>]*message="([^"]*)".*/\1/
            s/^[^>]*>//; s/^<!\[CDATA\[//
            s/^[A-Za-z0-9_.$]+(Exception|Error): //; s/^Assumption failed: //; s/^[[:space:]]*$/no reason given/' |
        grep -v '^needs VMM binary' || true
}
