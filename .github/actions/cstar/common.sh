# shellcheck shell=bash
# What the steps of this action share.

fail() {
    # A line break in a message would end it, and begin another command of the runner.
    printf '::error title=cstar::%s\n' "${*//[$'\r\n']/ }"
    exit 1
}

# A new folder that is removed with the job.
new_folder() {
    local temp=$RUNNER_TEMP
    if [[ $RUNNER_OS == Windows ]]; then
        temp=$(cygpath -u "$temp")
    fi
    mktemp -d "$temp/cstar.XXXXXX"
}

# A path as other programs of the job know it.
native() {
    if [[ $RUNNER_OS == Windows ]]; then
        cygpath -w "$1"
    else
        printf '%s\n' "$1"
    fi
}

# `set_in FILE NAME VALUE` adds a line to one of the runner's files. A line break would set something else too.
set_in() {
    if [[ $3 == *[$'\r\n']* ]]; then
        fail "$2 contains a line break"
    fi
    printf '%s=%s\n' "$2" "$3" >>"$1"
}
