# shellcheck shell=bash
# What a guest says on its console, by the file that the daemon keeps of it. GUEST is the kind:
#   linux  the small Linux guest of guest.sh, which says that it is up, then its uptime each second
#   mini   the mini guest, which writes a counter as a line of eight hex digits some 37 times a second
#   own    somebody's own, of whose words nothing is known

[[ -n ${VMCP_CONSOLE_SOURCED:-} ]] && return 0
VMCP_CONSOLE_SOURCED=1

CONSOLE='' GUEST=linux

# At its power button, or at Ctrl-Alt-Del where there is none.
readonly LINUX_STOPS='vmcp-guest: \(power button, powering off\|Ctrl-Alt-Del, resetting\)'

# The console may have been cut, or its consumed parts freed, so byte offsets are what counts.
console_size() { stat -c %s -- "$CONSOLE" 2>/dev/null || printf '0\n'; }

console_readable() { [[ -n $CONSOLE && -r $CONSOLE ]]; }

# said_since OFFSET PATTERN: succeeds when the pattern is found at or behind a byte offset, or anywhere
# in a file that has become shorter than that (one that was begun anew).
said_since() {
    local offset=$1 last
    (($(console_size) >= offset)) || offset=0
    last=$(grep -abo -- "$2" "$CONSOLE" 2>/dev/null | tail -n 1) || return 1
    ((${last%%:*} >= offset))
}

# guest_came_up_since OFFSET: it began its life at or behind that byte.
guest_came_up_since() {
    case $GUEST in
        linux) said_since "$1" 'vmcp-guest: up, .*MiB' ;;
        mini) said_since "$1" '00000001' ;;
    esac
}

# Only the Linux guest has words for it; for others a graceful stop that succeeds is proof enough.
guest_saw_request_since() {
    [[ $GUEST != linux ]] || said_since "$1" "$LINUX_STOPS"
}

# What it said when it came up, and when it was asked to stop.
guest_first_words() {
    case $GUEST in
        linux) last_line 'vmcp-guest: up,' ;;
        mini) printf '%s\n' "$(mini_counter), the counter of the mini guest" ;;
    esac
}

guest_last_words() {
    case $GUEST in
        linux) last_line "$LINUX_STOPS" ;;
        mini) printf '%s, then it was off\n' "$(mini_counter)" ;;
    esac
}

last_line() { grep -a -- "$1" "$CONSOLE" | tail -n 1 | tr -d '\r'; }

# A number that grows while the guest runs: seconds up, or lines counted. Empty when it said none yet.
guest_progress() {
    local counter
    case $GUEST in
        linux) linux_uptime ;;
        mini)
            counter=$(mini_counter)
            [[ -z $counter ]] || printf '%d\n' "$((16#$counter))"
            ;;
    esac
}

# The same as people read it.
guest_progress_words() {
    case $GUEST in
        linux) printf 'uptime %s\n' "$(linux_uptime)" ;;
        mini) printf 'counter %s\n' "$(mini_counter)" ;;
    esac
}

# A line that is still being written is none yet, so only whole ones count.
linux_uptime() {
    tr -d '\000' <"$CONSOLE" | sed -n $'s/.*vmcp-guest: uptime \\([0-9.]*\\)\r$/\\1/p' | tail -n 1
}

mini_counter() { tail -c 4096 -- "$CONSOLE" | tr -d '\000' | grep -aE '^[0-9a-f]{8}$' | tail -n 1 || true; }

# progress_passed NUMBER: the guest has come further than that.
progress_passed() { LC_ALL=C awk -v now="$(guest_progress)" -v then="$1" 'BEGIN { exit !(now + 0 > then + 0) }'; }
