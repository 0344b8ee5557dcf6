#!/usr/bin/env bash
# Starts a sandbox, a listener or both in the background, and waits until they are ready.
#
# The runner ends both: at the end of a job it kills every process that a step has left behind. A composite action has no
# step of its own there.

set -euo pipefail
# shellcheck source=.github/actions/cstar/common.sh
source "$GITHUB_ACTION_PATH/common.sh"

folder=$(new_folder)

# `wait_for PID LOG CONDITION…` waits until the condition is true. Fails with the log if the process ends first.
wait_for() {
    local pid=$1 log=$2
    shift 2
    until "$@"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            fail "cstar has ended before it was ready: $(cat "$log")"
        fi
        sleep 0.1
    done
}

# Fails as long as the line is not complete.
has_ready_line() {
    read -r ready <"$folder/sandbox.json"
}

# The first text of a member of the ready line.
member() {
    sed -n "s/.*\"$1\":\[\{0,1\}\"\([^\"]*\)\".*/\1/p" <<<"$ready"
}

# For the commands below, for the later steps, and as an output.
publish() {
    export "$1=$3"
    set_in "$GITHUB_ENV" "$1" "$3"
    set_in "$GITHUB_OUTPUT" "$2" "$3"
}

# Neither a hangup at the end of this step may end them, nor may they keep its output open, or it would not end.
if [[ $CSTAR_ACTION_SANDBOX == true ]]; then
    # A sandbox of this job alone, also if several jobs run on this machine.
    CSTAR_HOME=$(native "$folder/home")
    export CSTAR_HOME
    set_in "$GITHUB_ENV" CSTAR_HOME "$CSTAR_HOME"
    : >"$folder/sandbox.json"
    nohup cstar sandbox --json --quiet --ephemeral --port "$CSTAR_ACTION_PORT" \
        </dev/null >"$folder/sandbox.json" 2>"$folder/sandbox.log" &
    wait_for $! "$folder/sandbox.log" has_ready_line
    publish CSTAR_BASE_URL base-url "$(member base_url)"
    # For cstar itself: a key or a profile of the job's environment is never used instead.
    export CSTAR_SANDBOX=$CSTAR_BASE_URL
    set_in "$GITHUB_ENV" CSTAR_SANDBOX "$CSTAR_SANDBOX"
    publish CSTAR_API_KEY api-key "$(member keys)"
    set_in "$GITHUB_OUTPUT" team-id "$(member team_id)"
elif [[ $CSTAR_ACTION_SANDBOX != false ]]; then
    fail "the input sandbox is \`$CSTAR_ACTION_SANDBOX\`, neither \`true\` nor \`false\`"
fi

secret=${CSTAR_WEBHOOK_SECRET:-$(cstar listen --print-secret --quiet)}
if [[ $CSTAR_ACTION_SANDBOX == false ]]; then
    printf '::add-mask::%s\n' "$secret"
fi
publish CSTAR_WEBHOOK_SECRET webhook-secret "$secret"

if [[ -n $CSTAR_ACTION_FORWARD_TO ]]; then
    nohup cstar listen --json "--forward-to=$CSTAR_ACTION_FORWARD_TO" --ready-file "$(native "$folder/ready")" \
        </dev/null >"$folder/activity.ndjson" 2>"$folder/listen.log" &
    wait_for $! "$folder/listen.log" test -e "$folder/ready"
    set_in "$GITHUB_OUTPUT" activity "$(native "$folder/activity.ndjson")"
fi
