# shellcheck shell=bash
# Calls to the daemon with plain curl, and the little JSON that shell needs: no jq, which a fresh
# machine does not have.

[[ -n ${VMCP_API_SOURCED:-} ]] && return 0
VMCP_API_SOURCED=1

# Set by whoever starts the daemon: its URL, and a directory for answers.
BASE_URL='' ANSWERS=''
# Of the last call: HTTP status, seconds, answer.
HTTP_STATUS='' HTTP_SECONDS='' ANSWER=''
# One line per call, and per wait worth showing: name, status, seconds.
CALLS=()
CURL_PID=''

# json_string TEXT: as a JSON string with its quotes.
json_string() {
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

# json_field NAME: the first value of that name in ANSWER, be it spelled vm_id or vmId; a string without
# its quotes, nothing where there is none. Answers have no two fields of one name, but for what a user
# put into maps.
json_field() {
    grep -oE "\"($1|$(camel_case "$1"))\" *: *(\"[^\"]*\"|[^],} ]+)" <<<"$ANSWER" | head -n 1 |
        sed -E 's/^"[^"]*" *: *"?//; s/"$//' || true
}

camel_case() {
    local words=${1//_/ } word camel=''
    for word in $words; do
        camel+=${word^}
    done
    printf '%s\n' "${camel,}"
}

# Short answers on one line; of others each field on its own, with what is short inside on one line.
show_json() {
    if ((${#1} <= 100)); then
        printf '  %s\n' "$1"
    else
        awk -v text="$1" "$PRETTY_JSON"
    fi
}

# shellcheck disable=SC2016 # awk's own variables
readonly PRETTY_JSON='
    function line(indent) { printf "\n%*s", 2 + 2 * indent, "" }
    BEGIN {
        printf "  "
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            if (quoted) {
                printf "%s", c
                if (c == "\\") printf "%s", substr(text, ++i, 1)
                else if (c == "\"") quoted = 0
            } else if (c == "\"") { quoted = 1; printf "%s", c }
            else if (c ~ /[{[]/) {
                if (match(substr(text, i, 90), /^[{[][^]{}[]*[]}]/)) {
                    printf "%s", substr(text, i, RLENGTH)
                    i += RLENGTH - 1
                } else { printf "%s", c; line(++depth) }
            }
            else if (c ~ /[]}]/) { line(--depth); printf "%s", c }
            else if (c == ",") { printf "%s", c; line(depth) }
            else if (c == ":") printf ": "
            else if (c !~ /[ \n\t]/) printf "%s", c
        }
        printf "\n"
    }'

# request NAME ARGUMENTS-OF-CURL...: sets HTTP_STATUS, HTTP_SECONDS and ANSWER; fails when there is
# no answer. In the background, so that a signal is acted upon at once.
request() {
    local name=$1 result=0
    shift
    curl --silent --show-error --max-time 60 --noproxy '*' --output "$ANSWERS/body" \
        --write-out '%{http_code} %{time_total}' "$@" >"$ANSWERS/status" 2>"$ANSWERS/error" &
    CURL_PID=$!
    wait "$CURL_PID" || result=$?
    CURL_PID=''
    if ((result != 0)); then
        HTTP_STATUS=000 HTTP_SECONDS=0 ANSWER=$(cat -- "$ANSWERS/error")
        return 1
    fi
    read -r HTTP_STATUS HTTP_SECONDS <"$ANSWERS/status" || true
    ANSWER=$(cat -- "$ANSWERS/body")
    CALLS+=("$name $HTTP_STATUS $HTTP_SECONDS")
}

# rpc METHOD JSON: a call of vmm.v1.VmService.
rpc() {
    request "$1" "$BASE_URL/vmm.v1.VmService/$1" -H 'Content-Type: application/json' -d "$2"
}

show_answer() {
    printf '%sHTTP %s in %s%s\n' "$DIM" "$HTTP_STATUS" "$(seconds "$HTTP_SECONDS")" "$RESET"
    show_json "$ANSWER"
}

# From curl's 0.012345 to "12.3 ms".
seconds() { LC_ALL=C awk -v s="$1" 'BEGIN { if (s < 1) printf "%.1f ms", s * 1000; else printf "%.2f s", s }'; }

show_table() {
    local entry name status time
    printf '\n%s%-22s %6s %12s%s\n' "$BOLD" call HTTP time "$RESET"
    for entry in "${CALLS[@]}"; do
        read -r name status time <<<"$entry"
        printf '%-22s %6s %12s\n' "${name//-/ }" "${status#-}" "$(seconds "$time")"
    done
}
