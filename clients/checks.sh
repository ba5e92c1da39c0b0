# shellcheck shell=bash disable=SC2034
# What the clients in shell share: comparing, and a directory for files that is gone at the end.

done=0 failed=0
# Of the command line: where the API is, what to boot, what to speak.
base='' kernel='' flavour=''

# check WHAT GOT WANT
check() {
    done=$((done + 1))
    if [[ $2 == "$3" ]]; then
        printf 'ok - %s\n' "$1"
    else
        failed=$((failed + 1))
        printf 'not ok - %s: got %s, want %s\n' "$1" "$2" "$3"
    fi
}

# check_contains WHAT GOT PART
check_contains() {
    if [[ $2 == *"$3"* ]]; then
        check "$1" "$3" "$3"
    else
        check "$1" "$2" "something with $3"
    fi
}

# begin USAGE-FUNCTION FLAVOURS ARGUMENT...: sets base, kernel and flavour.
begin() {
    local usage=$1 flavours=$2
    shift 2
    if (($# != 3)) || [[ " $flavours " != *" $3 "* ]]; then
        "$usage" >&2
        exit 2
    fi
    base=$1 kernel=$(realpath -- "$2") flavour=$3
    scratch=$(mktemp -d)
    # shellcheck disable=SC2064 # the directory as it is now
    trap "rm -rf -- '$scratch'" EXIT
    cd -- "$scratch" || exit
}

finish() {
    printf '%d checks, %d failed\n' "$done" "$failed"
    ((failed == 0))
}
