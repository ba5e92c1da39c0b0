#!/usr/bin/env bash
# The scripts themselves: what shellcheck thinks of them, their command lines, and the small
# functions that count and choose.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

root=${scripts%/scripts}

shell_files() {
    printf '%s\n' "$root/vmm-controlplane" "$root/.ci/run"
    find "$scripts" "$root/clients" -name '*.sh' -not -path "*/node_modules/*"
}

shellcheck_is_content() {
    command -v shellcheck >/dev/null || skip "needs shellcheck"
    shell_files | xargs -d '\n' shellcheck -x -P "$root" -P "$scripts" -P "$scripts/lib" -P "$scripts/test"
    shellcheck -s dash "$scripts/guest/init"
}

scripts_can_be_executed() {
    local file
    for file in "$scripts"/*.sh "$scripts"/test/*_test.sh "$scripts/guest/init" "$root/vmm-controlplane" "$root/.ci/run"; do
        [[ -x $file ]] || fail "$file is not executable"
    done
}

helps() {
    expect_exit 0 "$scripts/$1" --help
    expect_output "usage: scripts/$1"
}

refuses_unknown_arguments() {
    expect_exit 2 "$scripts/$1" --no-such-flag
    expect_output "unknown argument: --no-such-flag"
}

library() { bash -euo pipefail -c "source '$scripts/lib/setup.sh'; source '$scripts/lib/report.sh'; $1"; }

compares_versions() {
    library 'version_at_least 3.8 3.8.7-1 && version_at_least 3.8 3.10 && version_at_least 3.8 4.0.0'
    expect_exit 1 library 'version_at_least 3.8 3.6.3'
    expect_exit 1 library 'version_at_least 3.8 ""'
}

runs_locked_commands_one_by_one() {
    local each
    for each in 1 2 3 4; do
        library "critical() { mkdir inside; sleep 0.1; rmdir inside; }; with_lock '$PWD/lock' critical" &
    done
    for each in 1 2 3 4; do
        wait -n
    done
}

stops_at_the_first_failure_under_a_lock() {
    expect_exit 1 library "broken() { false; touch went-on; }; with_lock '$PWD/lock' broken"
    [[ ! -e went-on ]]
}

shows_the_log_of_a_failed_step() {
    expect_exit 3 library "run_step 'a step' '$PWD/step.log' sh -c 'echo why; exit 3'"
    expect_output "failed: a step (exit code 3)"
    expect_output "    why"
}

# The signal comes while the shell is most often parsing a command substitution.
ends_with_the_code_of_a_signal() {
    local each status script
    cat >script <<'SCRIPT'
source "$1/lib/common.sh"
exit_on_signals
on_exit 'rm flag'
touch flag
while :; do
    : "$(printf 1)" "$(printf 2)" "$(printf 3)"
done
SCRIPT
    for each in 1 2 3 4 5 6; do
        bash -euo pipefail script "$scripts" &
        script=$!
        timeout 10 bash -c 'until [[ -e flag ]]; do sleep 0.02; done' || fail "script $each does not run"
        kill -TERM "$script"
        status=0
        wait "$script" || status=$?
        [[ $status == 143 && ! -e flag ]] || fail "exit code $status; $(ls)"
    done
}

# report_with NAME TESTSUITE-ATTRIBUTES BODY
report_with() {
    mkdir -p a/target/surefire-reports
    printf '<?xml version="1.0"?>\n<testsuite xmlns:xsi="x"\n name="%s" %s>\n%s</testsuite>\n' "$1" "$2" "$3" \
        >"a/target/surefire-reports/TEST-$1.xml"
}

counts_only_the_reports_of_this_run() {
    report_with Old 'tests="90" errors="1" skipped="0" failures="1"' ''
    touch -d '1 minute ago' a/target/surefire-reports/TEST-Old.xml
    touch -d '30 seconds ago' stamp
    report_with New 'time="1.5" tests="7" errors="1" skipped="2" failures="1"' ''
    report_with Newer 'tests="3" errors="0" skipped="0" failures="0"' ''
    [[ $(counts) == '10 2 2' ]] || fail "counted $(counts)"
}

counts() { bash -c "VMCP_ROOT='$PWD'; source '$scripts/lib/report.sh'; report_counts stamp"; }

tells_expected_skips_from_others() {
    touch -d '30 seconds ago' stamp
    report_with Some 'tests="6" errors="0" skipped="6" failures="0"' \
        '<skipped message="Assumption failed: needs VMM binary firecracker" type="x"/>
<skipped message="needs VMM binary cloud-hypervisor"/>
<skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: needs VMM binary: cloud-hypervisor
<skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: no mood
<skipped message="no time" type="x"/>
<skipped/>
'
    bash -c "VMCP_ROOT='$PWD'; source '$scripts/lib/report.sh'; unexpected_skips stamp" >skips
    cat skips
    [[ $(wc -l <skips) == 3 ]] && grep -qx 'no time' skips && grep -qx 'no mood' skips &&
        grep -qx 'no reason given' skips
}

# refuses MESSAGE SCRIPT ARGUMENT...: a wrong command line, told apart by its exit code.
refuses() {
    expect_exit 2 "$scripts/$2" "${@:3}"
    expect_output "$1"
}

# A PATH with all that is here but the VMMs, and nothing may be built before their want is found.
says_what_is_lacking() {
    local backend=$1 program=$2 variable=$3 script
    mkdir bin
    find /usr/bin /bin -maxdepth 1 ! -name "$program*" ! -type d -exec ln -sf -t bin {} + || true
    for script in "demo.sh" "test-vm-lifecycle.sh" "bench.sh lifecycle"; do
        # shellcheck disable=SC2086 # words
        expect_exit 1 env -u "$variable" PATH="$PWD/bin" bash "$scripts"/$script --backend "$backend"
        expect_output "no $program on PATH, and no package holds it"
        # shellcheck disable=SC2086
        expect_exit 1 env "$variable=$PWD/none" "$scripts"/$script --backend "$backend"
        expect_output "$variable names $PWD/none, which is no executable"
        [[ $(wc -l <output) == 1 ]] || fail "more than the reason"
    done
}

console() { bash -euo pipefail -c "source '$scripts/lib/console.sh'; CONSOLE='$PWD/console'; $1"; }

reads_what_linux_says() {
    printf 'vmcp-guest: up, kernel 6.1, 1 cpus, 230 MiB\r\nvmcp-guest: uptime 1.20\r\nvmcp-guest: uptime 2.2' >console
    [[ $(console guest_progress) == 1.20 ]] || fail "progress $(console guest_progress)"
    console 'guest_came_up_since 0 && progress_passed 1.1 && ! progress_passed 1.2 && ! guest_came_up_since 5'
}

reads_what_a_mini_guest_says() {
    printf '00000001\n0000000a\n0000' >console
    [[ $(console 'GUEST=mini guest_progress') == 10 ]] || fail "progress $(console 'GUEST=mini guest_progress')"
    console 'GUEST=mini; guest_came_up_since 0 && progress_passed 9 && ! progress_passed 10 && ! guest_came_up_since 5'
    # Cut at a reboot: the file is shorter than it was.
    console 'GUEST=mini; guest_came_up_since 500'
    : >console
    # shellcheck disable=SC2016 # for the other shell
    console 'GUEST=mini; ! guest_came_up_since 0 && [[ -z $(guest_progress) ]]'
}

reads_both_spellings_of_a_field() {
    library "source '$scripts/lib/api.sh'
        ANSWER='{\"vmId\":\"a\",\"backend_info\":{\"console_path\":\"/c\"}}'
        [[ \$(json_field vm_id) == a && \$(json_field console_path) == /c && -z \$(json_field none) ]]"
}

check "shellcheck is content" shellcheck_is_content
check "the scripts can be executed" scripts_can_be_executed
for each in setup.sh guest.sh demo.sh test-vm-lifecycle.sh test.sh generate.sh bench.sh; do
    check "$each --help explains it" helps "$each"
    check "$each refuses an unknown argument" refuses_unknown_arguments "$each"
done
check "conformance.sh --help explains it" helps conformance.sh
lifecycle=test-vm-lifecycle.sh
check "a lifecycle of no backend is refused" refuses "--backend is missing" $lifecycle
check "a backend without a name is refused" refuses "--backend needs a name" $lifecycle --backend
check "an endpoint without a URL is refused" refuses "--endpoint needs a URL" $lifecycle --backend qemu --endpoint
check "an endpoint that is no URL is refused" \
    refuses "--endpoint needs a URL like http://127.0.0.1:8080, not 'localhost:8080'" $lifecycle --backend qemu --endpoint=localhost:8080
check "a kernel that is not there is refused" \
    refuses "--kernel names /none, which cannot be read" $lifecycle --backend qemu --kernel /none
check "an initrd alone is refused" refuses "--initrd goes with --kernel" $lifecycle --backend qemu --initrd /none
check "a demo on an unknown backend is refused" refuses "--backend 'xen' is none of" demo.sh --backend xen
check "a benchmark of no backend is refused" refuses "--backend is missing" bench.sh lifecycle
check "a benchmark of an unknown backend is refused" refuses "--backend 'xen' is neither" bench.sh lifecycle --backend xen
check "that there is no Cloud Hypervisor is said before anything is built" \
    says_what_is_lacking cloudhypervisor cloud-hypervisor UNKEY_VMCP_CH_BINARY
check "that there is no Firecracker is said before anything is built" \
    says_what_is_lacking firecracker firecracker UNKEY_VMCP_FC_BINARY
check "what Linux says is understood" reads_what_linux_says
check "what a mini guest says is understood" reads_what_a_mini_guest_says
check "fields are found in both spellings" reads_both_spellings_of_a_field
check "versions are compared by number" compares_versions
check "a lock lets one in at a time" runs_locked_commands_one_by_one
check "a failure under a lock stops the script" stops_at_the_first_failure_under_a_lock
check "a script ends with the code of its signal" ends_with_the_code_of_a_signal
check "a failed step shows its log" shows_the_log_of_a_failed_step
check "only reports of this run are counted" counts_only_the_reports_of_this_run
check "expected skips are told from others" tells_expected_skips_from_others
finish
