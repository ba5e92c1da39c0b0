# shellcheck shell=bash
# What the small Linux guest says on its console, by the file that the daemon keeps of it.

[[ -n ${VMCP_CONSOLE_SOURCED:-} ]] && return 0
VMCP_CONSOLE_SOURCED=1

CONSOLE=''

# The console may have been cut, or its consumed parts freed, so byte offsets are what counts.
console_size() { stat -c %s -- "$CONSOLE" 2>/dev/null || printf '0\n'; }

# Succeeds when the guest has said WORDS at or behind a byte offset, or anywhere in a file that has
# become shorter than that (one that was begun anew).
guest_said_since() {
    local offset=$1 words=$2 last
    (($(console_size) >= offset)) || offset=0
    last=$(grep -abo -- "vmcp-guest: $words" "$CONSOLE" 2>/dev/null | tail -n 1) || return 1
    ((${last%%:*} >= offset))
}

last_line() { grep -a -- "vmcp-guest: $1" "$CONSOLE" | tail -n 1 | tr -d '\r'; }

# A line that is still being written is none yet, so only whole ones count.
guest_uptime() {
    tr -d '\000' <"$CONSOLE" | sed -n $'s/.*vmcp-guest: uptime \\([0-9.]*\\)\r$/\\1/p' | tail -n 1
}

uptime_passed() { LC_ALL=C awk -v now="$(guest_uptime)" -v then="$1" 'BEGIN { exit !(now + 0 > then + 0) }'; }
