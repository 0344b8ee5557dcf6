# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cstar_global_optspecs
    string join \n json api-key= base-url= profile= sandbox ca-cert= no-color v/verbose q/quiet h/help V/version
end

function __fish_cstar_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cstar_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cstar_using_subcommand
    set -l cmd (__fish_cstar_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cstar -n "__fish_cstar_needs_command" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_needs_command" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_needs_command" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_needs_command" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_needs_command" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_needs_command" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_needs_command" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_needs_command" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_needs_command" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_needs_command" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_needs_command" -s V -l version -d 'Print version'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "demo" -d 'Watch signed events travel from a local cStar to a local server'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "listen" -d 'Forward webhook events to your own server'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "trigger" -d 'Fire test webhook events'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "events" -d 'List webhook event types, or show a sample of one'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "history" -d 'List the events received, or show or export them'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "why" -d 'Tell what happened to one event, and what to do next'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "replay" -d 'Deliver events from the history once more'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "verify" -d 'Check a signature against a body, and say why it does not match'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "sign" -d 'Print the signature header for a body'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "login" -d 'Check an API key and store it, so that commands find it'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "logout" -d 'Remove a stored API key'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "status" -d 'Show the team, the key in use and its origin, and what is left of its limit'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "profiles" -d 'List stored keys by name, choose one, and trust project files'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "keys" -d 'List, create and revoke API keys'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "logs" -d 'Show API requests, as a list or live'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "webhooks" -d 'Register, change and test webhooks, and see their deliveries'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "sandbox" -d 'Run a local cStar for tests and offline work'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "doctor" -d 'Find out why something does not work, layer by layer'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "mcp-server" -d 'Serve cStar\'s tools to AI agents (Model Context Protocol)'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c cstar -n "__fish_cstar_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand demo" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand demo" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand demo" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand demo" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -s f -l forward-to -d 'URL, host:port/path, or port to deliver to; repeatable [default: http://localhost:3000/api/webhooks]' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l route -d 'Deliver events that match PATTERN to TARGET: \'ticket.*=localhost:3001/tickets\'; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -s e -l events -d 'Only events that match: \'ticket.*,customer.created\'; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -s H -l header -d 'Add a header to every delivery, `Name: value`; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l secret -d 'Sign with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the session\'s]' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l transport -d 'How to receive: sse, ws (WebSocket), or auto, which changes to ws when a proxy holds sse back' -r -f -a "auto\t''
sse\t''
ws\t''"
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l timeout -d 'Time limit of each attempt; 0 for none (cStar itself allows 10 s)' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l retries -d 'Attempts after the first one, for timeouts, 429 and 5xx' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l concurrency -d 'Deliveries in flight per target' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l count -d 'End after this many events have been dealt with; exit 1 if one failed' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l for -d 'End after this time; exit 1 if a delivery failed, or --count was not reached' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l resume -d 'Also make the deliveries that earlier runs left, and go on after the last event received'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l no-history -d 'Record nothing: no history, no replay, nothing to resume'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l print-secret -d 'Print only the signing secret, and exit'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l ordered -d 'Deliver one event at a time, in the order of the stream'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l insecure -d 'Skip certificate checks of https targets'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand listen" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l data -d 'Lay this object over the sample\'s data: JSON, @FILE, or - for standard input' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l set -d 'Set one member: data.ticket.priority=urgent; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l count -d 'Fire this many of each' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l to -d 'Sign and send straight to this endpoint, without any server in between' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l secret -d 'Signing secret for --to [env: CSTAR_WEBHOOK_SECRET]' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -s H -l header -d 'Extra header for --to, `Name: value`; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l timeout -d 'Time limit of each request with --to' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l all -d 'Fire one event of every type'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l insecure -d 'Skip certificate checks of the endpoint of --to'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand trigger" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l category -d 'Only this category' -r -f -a "tickets\t''
customers\t''
articles\t''
team\t''
gamification\t''
community\t''
surveys\t''"
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -f -a "show" -d 'Print a full sample event of one type'
complete -c cstar -n "__fish_cstar_using_subcommand events; and not __fish_seen_subcommand_from show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print a full sample event of one type'
complete -c cstar -n "__fish_cstar_using_subcommand events; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l type -d 'Only these types: \'ticket.*,customer.created\'; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l status -d 'Only events with a delivery that ended like this' -r -f -a "delivered\t''
failed\t''
waiting\t''
skipped\t''"
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l since -d 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l until -d 'Only events received before' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l limit -d 'At most this many, the newest ones' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -f -a "list" -d 'List the events received, the newest last'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -f -a "show" -d 'Show one event: its request, every attempt, the last answer'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -f -a "export" -d 'Write everything about the events as JSON lines or as an HTTP archive (HAR)'
complete -c cstar -n "__fish_cstar_using_subcommand history; and not __fish_seen_subcommand_from list show export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l type -d 'Only these types: \'ticket.*,customer.created\'; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l status -d 'Only events with a delivery that ended like this' -r -f -a "delivered\t''
failed\t''
waiting\t''
skipped\t''"
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l since -d 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l until -d 'Only events received before' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l limit -d 'At most this many, the newest ones' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l jsonl -d 'One event per line: its body, deliveries, attempts and answers' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l har -d 'HAR 1.2, one entry per attempt, which browsers and proxies can open' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l type -d 'Only these types: \'ticket.*,customer.created\'; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l status -d 'Only events with a delivery that ended like this' -r -f -a "delivered\t''
failed\t''
waiting\t''
skipped\t''"
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l since -d 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l until -d 'Only events received before' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the events received, the newest last'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one event: its request, every attempt, the last answer'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write everything about the events as JSON lines or as an HTTP archive (HAR)'
complete -c cstar -n "__fish_cstar_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand why" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand why" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand why" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand why" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand why" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand why" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand why" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand why" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand why" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand why" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l since -d 'Only what was received then or later: 1h (ago), 2026-03-06; without --failed, delivered events too' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l type -d 'Only these types: \'ticket.*,customer.created\'; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l to -d 'Deliver here instead of where they went' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l secret -d 'Sign with this secret [env: CSTAR_WEBHOOK_SECRET]' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -s H -l header -d 'Add a header, `Name: value`; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l timeout -d 'Time limit of each request; 0 for none' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l failed -d 'Every delivery that failed'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l insecure -d 'Skip certificate checks of https targets'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand replay" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l signature -d 'Value of the X-Signature (or cstar-signature) header' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l secret -d 'Signing secret [env: CSTAR_WEBHOOK_SECRET]' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l tolerance -d 'How old, or how far ahead, a signature may be' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l at -d 'Judge as of this time, in unix seconds, instead of now' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l strict -d 'Refuse legacy sha256= signatures, which can be replayed for ever'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand verify" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l secret -d 'Signing secret [env: CSTAR_WEBHOOK_SECRET]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l at -d 'Sign as of this time, in unix seconds, instead of now' -r
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sign" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sign" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sign" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sign" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand login" -l store -d 'Where to keep the key [default: the keychain, and the file where there is none]' -r -f -a "keychain\t'The system\'s keychain, or fail'
file\t'A file that only you can read'"
complete -c cstar -n "__fish_cstar_using_subcommand login" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand login" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand login" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand login" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand login" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand login" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand login" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand login" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand login" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l all -d 'Every profile'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand logout" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand status" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand status" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand status" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand status" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand status" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand status" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand status" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand status" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand status" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand status" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -f -a "list" -d 'List the profiles'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -f -a "use" -d 'Make a profile the active one: it is used when none is named'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -f -a "remove" -d 'Remove a profile and its key'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -f -a "trust" -d 'Obey a project file as it is now, after showing what it asks for'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and not __fish_seen_subcommand_from list use remove trust help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -s y -l yes -d 'Do not ask'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the profiles'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from help" -f -a "use" -d 'Make a profile the active one: it is used when none is named'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a profile and its key'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from help" -f -a "trust" -d 'Obey a project file as it is now, after showing what it asks for'
complete -c cstar -n "__fish_cstar_using_subcommand profiles; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -f -a "list" -d 'List the team\'s API keys'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -f -a "create" -d 'Create an API key, and print it this once'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -f -a "revoke" -d 'Revoke an API key: it is refused from then on, and its open streams end'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and not __fish_seen_subcommand_from list create revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l name -d 'What the key is for, in your words' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l type -d 'Secret keys read and write, publishable ones only read [default: secret]' -r -f -a "secret\t''
publishable\t''"
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l environment -d 'Which data it is for [default: that of the key in use]' -r -f -a "live\t''
test\t''"
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l save -d 'Store the key as this profile, in place of the one it has, instead of printing it' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Do not ask; also needed to revoke the key in use'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the team\'s API keys'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create an API key, and print it this once'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Revoke an API key: it is refused from then on, and its open streams end'
complete -c cstar -n "__fish_cstar_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l method -d 'Only these HTTP methods: POST or GET,POST' -r -f -a "GET\t''
HEAD\t''
POST\t''
PUT\t''
PATCH\t''
DELETE\t''
OPTIONS\t''"
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l status -d 'Only such answers: 404, 4xx or 400-499; several with commas' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l path -d 'Only such paths, with * for any characters: \'tickets/*\' or \'/api/v1/auth/*\'' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l since -d 'Only from this time on: 1h or 2d (ago), 2026-03-06, 2026-03-06T14:30' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l until -d 'Only before this time' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l limit -d 'At most this many, the newest ones [default: 50; with --tail 10]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l tail -d 'Go on with the requests to come, until Ctrl-C'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand logs" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "list" -d 'List the team\'s webhooks'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "get" -d 'Show one webhook'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "create" -d 'Register a webhook, and print its signing secret this once'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "update" -d 'Change a webhook, or switch it off and on'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "delete" -d 'Delete a webhook: what was not delivered yet is dropped'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "test" -d 'Send a test event to one webhook; exits 1 when its endpoint does not take it'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "rotate-secret" -d 'Give a webhook a new signing secret, and print it this once'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "deliveries" -d 'List what was delivered to a webhook, the newest first, with every attempt'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "resend" -d 'Send a delivery again, now; exits 1 when its endpoint does not take it'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and not __fish_seen_subcommand_from list get create update delete test rotate-secret deliveries resend help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l active -d 'Only those that get events'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l name -d 'What it is for, in your words [default: the host of the address]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l url -d 'Where to deliver: an https address; with a sandbox also http on this machine' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l events -d 'Event types, or patterns such as \'ticket.*\', separated by commas' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l flat-payload -d 'Repeat key members, such as ticket_id, at the root of each body'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l name -d 'Another name' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l url -d 'Another address' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l events -d 'These event types and patterns instead, separated by commas' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l active -d 'Whether it gets events' -r -f -a "true\t''
false\t''"
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l flat-payload -d 'Whether key members are repeated at the root of each body' -r -f -a "true\t''
false\t''"
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s y -l yes -d 'Do not ask'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l status -d 'Only those in this state' -r -f -a "pending\t''
succeeded\t''
failed\t''"
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l limit -d 'At most this many' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l after -d 'Only those that are older than this delivery' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from deliveries" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from resend" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the team\'s webhooks'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show one webhook'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "create" -d 'Register a webhook, and print its signing secret this once'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change a webhook, or switch it off and on'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a webhook: what was not delivered yet is dropped'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "test" -d 'Send a test event to one webhook; exits 1 when its endpoint does not take it'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "rotate-secret" -d 'Give a webhook a new signing secret, and print it this once'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "deliveries" -d 'List what was delivered to a webhook, the newest first, with every attempt'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "resend" -d 'Send a delivery again, now; exits 1 when its endpoint does not take it'
complete -c cstar -n "__fish_cstar_using_subcommand webhooks; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l port -d 'Port on 127.0.0.1; 0 picks a free one' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l rate-limit -d 'Requests per hour and key instead of cStar\'s limits; 0 for none' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l time-scale -d 'Multiply the waits of webhook deliveries with this, such as 0.001 in tests' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l cors-origin -d 'Let web pages of this origin ask, such as http://localhost:5173; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l data-dir -d 'Where the state is kept [default: `sandbox` in the configuration directory]' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l chaos -d 'Let something go wrong, as described below; repeatable' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l chaos-seed -d 'Repeat the chance of an earlier run: the same requests meet the same faults' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l ephemeral -d 'Keep everything in memory, and nothing after the end'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l log-bodies -d 'Keep bodies in the request log too, without secrets and up to 4 KiB each'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -f -a "seed" -d 'Fill a sandbox with believable customers, tickets and articles'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -f -a "export" -d 'Write the whole state of a sandbox as JSON lines'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -f -a "import" -d 'Replace the whole state of a sandbox by one that was exported'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -f -a "reset" -d 'Remove everything a sandbox has kept'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -f -a "openapi" -d 'Write the OpenAPI 3.1 document of the sandbox'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and not __fish_seen_subcommand_from seed export import reset openapi help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l data-dir -d 'Where the state is kept [default: `sandbox` in the configuration directory]' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l tickets -d 'How many tickets' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l customers -d 'How many customers' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l seed -d 'Which data: any number' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l live -d 'Live instead of test data; the public library shows live articles only'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l events -d 'Fire the events that follow, for listeners that resume'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from seed" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l data-dir -d 'Where the state is kept [default: `sandbox` in the configuration directory]' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l data-dir -d 'Where the state is kept [default: `sandbox` in the configuration directory]' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -s y -l yes -d 'Do not ask before what there is gets lost'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l data-dir -d 'Where the state is kept [default: `sandbox` in the configuration directory]' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s y -l yes -d 'Do not ask'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from openapi" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "seed" -d 'Fill a sandbox with believable customers, tickets and articles'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write the whole state of a sandbox as JSON lines'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "import" -d 'Replace the whole state of a sandbox by one that was exported'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Remove everything a sandbox has kept'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "openapi" -d 'Write the OpenAPI 3.1 document of the sandbox'
complete -c cstar -n "__fish_cstar_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -s f -l forward-to -d 'Also send one signed `ping` event to this URL, host:port/path, or port' -r
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l secret -d 'Sign that event with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the stream\'s]' -r
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l insecure -d 'Skip certificate checks of an https target'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l tools -d 'Offer only these tools; repeatable' -r -f -a "cstar_list_tickets\t''
cstar_get_ticket\t''
cstar_create_ticket\t''
cstar_list_customers\t''
cstar_get_customer\t''
cstar_list_articles\t''
cstar_trigger_webhook\t''
cstar_get_status\t''
cstar_list_events\t''
cstar_wait_for_event\t''
cstar_list_deliveries\t''
cstar_explain_delivery\t''
cstar_replay_event\t''
cstar_verify_signature\t''
cstar_list_logs\t''
cstar_list_webhooks\t''"
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l http -d 'Serve over HTTP instead of standard input and output; port 0 picks a free one' -r
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l print-config -d 'Print what to add to the configuration of an agent' -r -f -a "claude\t'Claude Code: .mcp.json in the project'
cursor\t'Cursor: ~/.cursor/mcp.json'
continue\t'Continue: .continue/mcpServers/cstar.yaml in the project'
vscode\t'VS Code: .vscode/mcp.json in the project'"
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l install -d 'Add it to the configuration of an agent, after asking' -r -f -a "claude\t'Claude Code: .mcp.json in the project'
cursor\t'Cursor: ~/.cursor/mcp.json'
continue\t'Continue: .continue/mcpServers/cstar.yaml in the project'
vscode\t'VS Code: .vscode/mcp.json in the project'"
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l read-only -d 'Offer no tool that changes anything'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -s y -l yes -d 'Do not ask before --install writes'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand mcp-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l api-key -d 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]' -r
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l base-url -d 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]' -r
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l profile -d 'Use the key stored under this name [env: CSTAR_PROFILE]' -r
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l ca-cert -d 'Trust the certificate authorities in this PEM file too, for cStar' -r -F
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l json -d 'Print JSON: the resource itself, or one object per line for streams'
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l sandbox -d 'Use the local sandbox and its test key instead of cStar'
complete -c cstar -n "__fish_cstar_using_subcommand completion" -l no-color -d 'Print no colour'
complete -c cstar -n "__fish_cstar_using_subcommand completion" -s v -l verbose -d 'Say more on standard error; repeat for more'
complete -c cstar -n "__fish_cstar_using_subcommand completion" -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c cstar -n "__fish_cstar_using_subcommand completion" -s h -l help -d 'Print help'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "demo" -d 'Watch signed events travel from a local cStar to a local server'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "listen" -d 'Forward webhook events to your own server'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "trigger" -d 'Fire test webhook events'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "events" -d 'List webhook event types, or show a sample of one'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "history" -d 'List the events received, or show or export them'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "why" -d 'Tell what happened to one event, and what to do next'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "replay" -d 'Deliver events from the history once more'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "verify" -d 'Check a signature against a body, and say why it does not match'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "sign" -d 'Print the signature header for a body'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "login" -d 'Check an API key and store it, so that commands find it'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "logout" -d 'Remove a stored API key'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "status" -d 'Show the team, the key in use and its origin, and what is left of its limit'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "profiles" -d 'List stored keys by name, choose one, and trust project files'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "keys" -d 'List, create and revoke API keys'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "logs" -d 'Show API requests, as a list or live'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "webhooks" -d 'Register, change and test webhooks, and see their deliveries'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "sandbox" -d 'Run a local cStar for tests and offline work'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "doctor" -d 'Find out why something does not work, layer by layer'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "mcp-server" -d 'Serve cStar\'s tools to AI agents (Model Context Protocol)'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c cstar -n "__fish_cstar_using_subcommand help; and not __fish_seen_subcommand_from demo listen trigger events history why replay verify sign login logout status profiles keys logs webhooks sandbox doctor mcp-server completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from events" -f -a "show" -d 'Print a full sample event of one type'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "list" -d 'List the events received, the newest last'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "show" -d 'Show one event: its request, every attempt, the last answer'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "export" -d 'Write everything about the events as JSON lines or as an HTTP archive (HAR)'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from profiles" -f -a "list" -d 'List the profiles'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from profiles" -f -a "use" -d 'Make a profile the active one: it is used when none is named'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from profiles" -f -a "remove" -d 'Remove a profile and its key'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from profiles" -f -a "trust" -d 'Obey a project file as it is now, after showing what it asks for'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "list" -d 'List the team\'s API keys'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "create" -d 'Create an API key, and print it this once'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "revoke" -d 'Revoke an API key: it is refused from then on, and its open streams end'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "list" -d 'List the team\'s webhooks'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "get" -d 'Show one webhook'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "create" -d 'Register a webhook, and print its signing secret this once'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "update" -d 'Change a webhook, or switch it off and on'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "delete" -d 'Delete a webhook: what was not delivered yet is dropped'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "test" -d 'Send a test event to one webhook; exits 1 when its endpoint does not take it'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "rotate-secret" -d 'Give a webhook a new signing secret, and print it this once'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "deliveries" -d 'List what was delivered to a webhook, the newest first, with every attempt'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from webhooks" -f -a "resend" -d 'Send a delivery again, now; exits 1 when its endpoint does not take it'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "seed" -d 'Fill a sandbox with believable customers, tickets and articles'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "export" -d 'Write the whole state of a sandbox as JSON lines'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "import" -d 'Replace the whole state of a sandbox by one that was exported'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "reset" -d 'Remove everything a sandbox has kept'
complete -c cstar -n "__fish_cstar_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "openapi" -d 'Write the OpenAPI 3.1 document of the sandbox'
