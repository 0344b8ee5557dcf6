
use builtin;
use str;

set edit:completion:arg-completer[cstar] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'cstar'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'cstar'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand demo 'Watch signed events travel from a local cStar to a local server'
            cand listen 'Forward webhook events to your own server'
            cand trigger 'Fire test webhook events'
            cand events 'List webhook event types, or show a sample of one'
            cand history 'List the events received, or show or export them'
            cand why 'Tell what happened to one event, and what to do next'
            cand replay 'Deliver events from the history once more'
            cand verify 'Check a signature against a body, and say why it does not match'
            cand sign 'Print the signature header for a body'
            cand login 'Check an API key and store it, so that commands find it'
            cand logout 'Remove a stored API key'
            cand status 'Show the team, the key in use and its origin, and what is left of its limit'
            cand profiles 'List stored keys by name, choose one, and trust project files'
            cand keys 'List, create and revoke API keys'
            cand logs 'Show API requests, as a list or live'
            cand webhooks 'Register, change and test webhooks, and see their deliveries'
            cand sandbox 'Run a local cStar for tests and offline work'
            cand doctor 'Find out why something does not work, layer by layer'
            cand mcp-server 'Serve cStar''s tools to AI agents (Model Context Protocol)'
            cand completion 'Print the completion script of a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;demo'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;listen'= {
            cand -f 'URL, host:port/path, or port to deliver to; repeatable [default: http://localhost:3000/api/webhooks]'
            cand --forward-to 'URL, host:port/path, or port to deliver to; repeatable [default: http://localhost:3000/api/webhooks]'
            cand --route 'Deliver events that match PATTERN to TARGET: ''ticket.*=localhost:3001/tickets''; repeatable'
            cand -e 'Only events that match: ''ticket.*,customer.created''; repeatable'
            cand --events 'Only events that match: ''ticket.*,customer.created''; repeatable'
            cand -H 'Add a header to every delivery, `Name: value`; repeatable'
            cand --header 'Add a header to every delivery, `Name: value`; repeatable'
            cand --secret 'Sign with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the session''s]'
            cand --transport 'How to receive: sse, ws (WebSocket), or auto, which changes to ws when a proxy holds sse back'
            cand --timeout 'Time limit of each attempt; 0 for none (cStar itself allows 10 s)'
            cand --retries 'Attempts after the first one, for timeouts, 429 and 5xx'
            cand --concurrency 'Deliveries in flight per target'
            cand --count 'End after this many events have been dealt with; exit 1 if one failed'
            cand --for 'End after this time; exit 1 if a delivery failed, or --count was not reached'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --resume 'Also make the deliveries that earlier runs left, and go on after the last event received'
            cand --no-history 'Record nothing: no history, no replay, nothing to resume'
            cand --print-secret 'Print only the signing secret, and exit'
            cand --ordered 'Deliver one event at a time, in the order of the stream'
            cand --insecure 'Skip certificate checks of https targets'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;trigger'= {
            cand --data 'Lay this object over the sample''s data: JSON, @FILE, or - for standard input'
            cand --set 'Set one member: data.ticket.priority=urgent; repeatable'
            cand --count 'Fire this many of each'
            cand --to 'Sign and send straight to this endpoint, without any server in between'
            cand --secret 'Signing secret for --to [env: CSTAR_WEBHOOK_SECRET]'
            cand -H 'Extra header for --to, `Name: value`; repeatable'
            cand --header 'Extra header for --to, `Name: value`; repeatable'
            cand --timeout 'Time limit of each request with --to'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --all 'Fire one event of every type'
            cand --insecure 'Skip certificate checks of the endpoint of --to'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;events'= {
            cand --category 'Only this category'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand show 'Print a full sample event of one type'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;events;show'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;events;help'= {
            cand show 'Print a full sample event of one type'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;events;help;show'= {
        }
        &'cstar;events;help;help'= {
        }
        &'cstar;history'= {
            cand --type 'Only these types: ''ticket.*,customer.created''; repeatable'
            cand --status 'Only events with a delivery that ended like this'
            cand --since 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30'
            cand --until 'Only events received before'
            cand --limit 'At most this many, the newest ones'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the events received, the newest last'
            cand show 'Show one event: its request, every attempt, the last answer'
            cand export 'Write everything about the events as JSON lines or as an HTTP archive (HAR)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;history;list'= {
            cand --type 'Only these types: ''ticket.*,customer.created''; repeatable'
            cand --status 'Only events with a delivery that ended like this'
            cand --since 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30'
            cand --until 'Only events received before'
            cand --limit 'At most this many, the newest ones'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;history;show'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;history;export'= {
            cand --jsonl 'One event per line: its body, deliveries, attempts and answers'
            cand --har 'HAR 1.2, one entry per attempt, which browsers and proxies can open'
            cand --type 'Only these types: ''ticket.*,customer.created''; repeatable'
            cand --status 'Only events with a delivery that ended like this'
            cand --since 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30'
            cand --until 'Only events received before'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;history;help'= {
            cand list 'List the events received, the newest last'
            cand show 'Show one event: its request, every attempt, the last answer'
            cand export 'Write everything about the events as JSON lines or as an HTTP archive (HAR)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;history;help;list'= {
        }
        &'cstar;history;help;show'= {
        }
        &'cstar;history;help;export'= {
        }
        &'cstar;history;help;help'= {
        }
        &'cstar;why'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;replay'= {
            cand --since 'Only what was received then or later: 1h (ago), 2026-03-06; without --failed, delivered events too'
            cand --type 'Only these types: ''ticket.*,customer.created''; repeatable'
            cand --to 'Deliver here instead of where they went'
            cand --secret 'Sign with this secret [env: CSTAR_WEBHOOK_SECRET]'
            cand -H 'Add a header, `Name: value`; repeatable'
            cand --header 'Add a header, `Name: value`; repeatable'
            cand --timeout 'Time limit of each request; 0 for none'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --failed 'Every delivery that failed'
            cand --insecure 'Skip certificate checks of https targets'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;verify'= {
            cand --signature 'Value of the X-Signature (or cstar-signature) header'
            cand --secret 'Signing secret [env: CSTAR_WEBHOOK_SECRET]'
            cand --tolerance 'How old, or how far ahead, a signature may be'
            cand --at 'Judge as of this time, in unix seconds, instead of now'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --strict 'Refuse legacy sha256= signatures, which can be replayed for ever'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;sign'= {
            cand --secret 'Signing secret [env: CSTAR_WEBHOOK_SECRET]'
            cand --at 'Sign as of this time, in unix seconds, instead of now'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;login'= {
            cand --store 'Where to keep the key [default: the keychain, and the file where there is none]'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cstar;logout'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --all 'Every profile'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;status'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;profiles'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the profiles'
            cand use 'Make a profile the active one: it is used when none is named'
            cand remove 'Remove a profile and its key'
            cand trust 'Obey a project file as it is now, after showing what it asks for'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;profiles;list'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;profiles;use'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;profiles;remove'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;profiles;trust'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;profiles;help'= {
            cand list 'List the profiles'
            cand use 'Make a profile the active one: it is used when none is named'
            cand remove 'Remove a profile and its key'
            cand trust 'Obey a project file as it is now, after showing what it asks for'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;profiles;help;list'= {
        }
        &'cstar;profiles;help;use'= {
        }
        &'cstar;profiles;help;remove'= {
        }
        &'cstar;profiles;help;trust'= {
        }
        &'cstar;profiles;help;help'= {
        }
        &'cstar;keys'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the team''s API keys'
            cand create 'Create an API key, and print it this once'
            cand revoke 'Revoke an API key: it is refused from then on, and its open streams end'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;keys;list'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;keys;create'= {
            cand --name 'What the key is for, in your words'
            cand --type 'Secret keys read and write, publishable ones only read [default: secret]'
            cand --environment 'Which data it is for [default: that of the key in use]'
            cand --save 'Store the key as this profile, in place of the one it has, instead of printing it'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;keys;revoke'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand -y 'Do not ask; also needed to revoke the key in use'
            cand --yes 'Do not ask; also needed to revoke the key in use'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;keys;help'= {
            cand list 'List the team''s API keys'
            cand create 'Create an API key, and print it this once'
            cand revoke 'Revoke an API key: it is refused from then on, and its open streams end'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;keys;help;list'= {
        }
        &'cstar;keys;help;create'= {
        }
        &'cstar;keys;help;revoke'= {
        }
        &'cstar;keys;help;help'= {
        }
        &'cstar;logs'= {
            cand --method 'Only these HTTP methods: POST or GET,POST'
            cand --status 'Only such answers: 404, 4xx or 400-499; several with commas'
            cand --path 'Only such paths, with * for any characters: ''tickets/*'' or ''/api/v1/auth/*'''
            cand --since 'Only from this time on: 1h or 2d (ago), 2026-03-06, 2026-03-06T14:30'
            cand --until 'Only before this time'
            cand --limit 'At most this many, the newest ones [default: 50; with --tail 10]'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --tail 'Go on with the requests to come, until Ctrl-C'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the team''s webhooks'
            cand get 'Show one webhook'
            cand create 'Register a webhook, and print its signing secret this once'
            cand update 'Change a webhook, or switch it off and on'
            cand delete 'Delete a webhook: what was not delivered yet is dropped'
            cand test 'Send a test event to one webhook; exits 1 when its endpoint does not take it'
            cand rotate-secret 'Give a webhook a new signing secret, and print it this once'
            cand deliveries 'List what was delivered to a webhook, the newest first, with every attempt'
            cand resend 'Send a delivery again, now; exits 1 when its endpoint does not take it'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;webhooks;list'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --active 'Only those that get events'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;get'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;create'= {
            cand --name 'What it is for, in your words [default: the host of the address]'
            cand --url 'Where to deliver: an https address; with a sandbox also http on this machine'
            cand --events 'Event types, or patterns such as ''ticket.*'', separated by commas'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --flat-payload 'Repeat key members, such as ticket_id, at the root of each body'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;update'= {
            cand --name 'Another name'
            cand --url 'Another address'
            cand --events 'These event types and patterns instead, separated by commas'
            cand --active 'Whether it gets events'
            cand --flat-payload 'Whether key members are repeated at the root of each body'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;delete'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;test'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;rotate-secret'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;deliveries'= {
            cand --status 'Only those in this state'
            cand --limit 'At most this many'
            cand --after 'Only those that are older than this delivery'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;resend'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;webhooks;help'= {
            cand list 'List the team''s webhooks'
            cand get 'Show one webhook'
            cand create 'Register a webhook, and print its signing secret this once'
            cand update 'Change a webhook, or switch it off and on'
            cand delete 'Delete a webhook: what was not delivered yet is dropped'
            cand test 'Send a test event to one webhook; exits 1 when its endpoint does not take it'
            cand rotate-secret 'Give a webhook a new signing secret, and print it this once'
            cand deliveries 'List what was delivered to a webhook, the newest first, with every attempt'
            cand resend 'Send a delivery again, now; exits 1 when its endpoint does not take it'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;webhooks;help;list'= {
        }
        &'cstar;webhooks;help;get'= {
        }
        &'cstar;webhooks;help;create'= {
        }
        &'cstar;webhooks;help;update'= {
        }
        &'cstar;webhooks;help;delete'= {
        }
        &'cstar;webhooks;help;test'= {
        }
        &'cstar;webhooks;help;rotate-secret'= {
        }
        &'cstar;webhooks;help;deliveries'= {
        }
        &'cstar;webhooks;help;resend'= {
        }
        &'cstar;webhooks;help;help'= {
        }
        &'cstar;sandbox'= {
            cand --port 'Port on 127.0.0.1; 0 picks a free one'
            cand --rate-limit 'Requests per hour and key instead of cStar''s limits; 0 for none'
            cand --time-scale 'Multiply the waits of webhook deliveries with this, such as 0.001 in tests'
            cand --cors-origin 'Let web pages of this origin ask, such as http://localhost:5173; repeatable'
            cand --data-dir 'Where the state is kept [default: `sandbox` in the configuration directory]'
            cand --chaos 'Let something go wrong, as described below; repeatable'
            cand --chaos-seed 'Repeat the chance of an earlier run: the same requests meet the same faults'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --ephemeral 'Keep everything in memory, and nothing after the end'
            cand --log-bodies 'Keep bodies in the request log too, without secrets and up to 4 KiB each'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand seed 'Fill a sandbox with believable customers, tickets and articles'
            cand export 'Write the whole state of a sandbox as JSON lines'
            cand import 'Replace the whole state of a sandbox by one that was exported'
            cand reset 'Remove everything a sandbox has kept'
            cand openapi 'Write the OpenAPI 3.1 document of the sandbox'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;sandbox;seed'= {
            cand --data-dir 'Where the state is kept [default: `sandbox` in the configuration directory]'
            cand --tickets 'How many tickets'
            cand --customers 'How many customers'
            cand --seed 'Which data: any number'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --live 'Live instead of test data; the public library shows live articles only'
            cand --events 'Fire the events that follow, for listeners that resume'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cstar;sandbox;export'= {
            cand --data-dir 'Where the state is kept [default: `sandbox` in the configuration directory]'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cstar;sandbox;import'= {
            cand --data-dir 'Where the state is kept [default: `sandbox` in the configuration directory]'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand -y 'Do not ask before what there is gets lost'
            cand --yes 'Do not ask before what there is gets lost'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cstar;sandbox;reset'= {
            cand --data-dir 'Where the state is kept [default: `sandbox` in the configuration directory]'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;sandbox;openapi'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cstar;sandbox;help'= {
            cand seed 'Fill a sandbox with believable customers, tickets and articles'
            cand export 'Write the whole state of a sandbox as JSON lines'
            cand import 'Replace the whole state of a sandbox by one that was exported'
            cand reset 'Remove everything a sandbox has kept'
            cand openapi 'Write the OpenAPI 3.1 document of the sandbox'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;sandbox;help;seed'= {
        }
        &'cstar;sandbox;help;export'= {
        }
        &'cstar;sandbox;help;import'= {
        }
        &'cstar;sandbox;help;reset'= {
        }
        &'cstar;sandbox;help;openapi'= {
        }
        &'cstar;sandbox;help;help'= {
        }
        &'cstar;doctor'= {
            cand -f 'Also send one signed `ping` event to this URL, host:port/path, or port'
            cand --forward-to 'Also send one signed `ping` event to this URL, host:port/path, or port'
            cand --secret 'Sign that event with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the stream''s]'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --insecure 'Skip certificate checks of an https target'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;mcp-server'= {
            cand --tools 'Offer only these tools; repeatable'
            cand --http 'Serve over HTTP instead of standard input and output; port 0 picks a free one'
            cand --print-config 'Print what to add to the configuration of an agent'
            cand --install 'Add it to the configuration of an agent, after asking'
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --read-only 'Offer no tool that changes anything'
            cand -y 'Do not ask before --install writes'
            cand --yes 'Do not ask before --install writes'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cstar;completion'= {
            cand --api-key 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]'
            cand --base-url 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]'
            cand --profile 'Use the key stored under this name [env: CSTAR_PROFILE]'
            cand --ca-cert 'Trust the certificate authorities in this PEM file too, for cStar'
            cand --json 'Print JSON: the resource itself, or one object per line for streams'
            cand --sandbox 'Use the local sandbox and its test key instead of cStar'
            cand --no-color 'Print no colour'
            cand -v 'Say more on standard error; repeat for more'
            cand --verbose 'Say more on standard error; repeat for more'
            cand -q 'Say nothing on standard error but errors'
            cand --quiet 'Say nothing on standard error but errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'cstar;help'= {
            cand demo 'Watch signed events travel from a local cStar to a local server'
            cand listen 'Forward webhook events to your own server'
            cand trigger 'Fire test webhook events'
            cand events 'List webhook event types, or show a sample of one'
            cand history 'List the events received, or show or export them'
            cand why 'Tell what happened to one event, and what to do next'
            cand replay 'Deliver events from the history once more'
            cand verify 'Check a signature against a body, and say why it does not match'
            cand sign 'Print the signature header for a body'
            cand login 'Check an API key and store it, so that commands find it'
            cand logout 'Remove a stored API key'
            cand status 'Show the team, the key in use and its origin, and what is left of its limit'
            cand profiles 'List stored keys by name, choose one, and trust project files'
            cand keys 'List, create and revoke API keys'
            cand logs 'Show API requests, as a list or live'
            cand webhooks 'Register, change and test webhooks, and see their deliveries'
            cand sandbox 'Run a local cStar for tests and offline work'
            cand doctor 'Find out why something does not work, layer by layer'
            cand mcp-server 'Serve cStar''s tools to AI agents (Model Context Protocol)'
            cand completion 'Print the completion script of a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cstar;help;demo'= {
        }
        &'cstar;help;listen'= {
        }
        &'cstar;help;trigger'= {
        }
        &'cstar;help;events'= {
            cand show 'Print a full sample event of one type'
        }
        &'cstar;help;events;show'= {
        }
        &'cstar;help;history'= {
            cand list 'List the events received, the newest last'
            cand show 'Show one event: its request, every attempt, the last answer'
            cand export 'Write everything about the events as JSON lines or as an HTTP archive (HAR)'
        }
        &'cstar;help;history;list'= {
        }
        &'cstar;help;history;show'= {
        }
        &'cstar;help;history;export'= {
        }
        &'cstar;help;why'= {
        }
        &'cstar;help;replay'= {
        }
        &'cstar;help;verify'= {
        }
        &'cstar;help;sign'= {
        }
        &'cstar;help;login'= {
        }
        &'cstar;help;logout'= {
        }
        &'cstar;help;status'= {
        }
        &'cstar;help;profiles'= {
            cand list 'List the profiles'
            cand use 'Make a profile the active one: it is used when none is named'
            cand remove 'Remove a profile and its key'
            cand trust 'Obey a project file as it is now, after showing what it asks for'
        }
        &'cstar;help;profiles;list'= {
        }
        &'cstar;help;profiles;use'= {
        }
        &'cstar;help;profiles;remove'= {
        }
        &'cstar;help;profiles;trust'= {
        }
        &'cstar;help;keys'= {
            cand list 'List the team''s API keys'
            cand create 'Create an API key, and print it this once'
            cand revoke 'Revoke an API key: it is refused from then on, and its open streams end'
        }
        &'cstar;help;keys;list'= {
        }
        &'cstar;help;keys;create'= {
        }
        &'cstar;help;keys;revoke'= {
        }
        &'cstar;help;logs'= {
        }
        &'cstar;help;webhooks'= {
            cand list 'List the team''s webhooks'
            cand get 'Show one webhook'
            cand create 'Register a webhook, and print its signing secret this once'
            cand update 'Change a webhook, or switch it off and on'
            cand delete 'Delete a webhook: what was not delivered yet is dropped'
            cand test 'Send a test event to one webhook; exits 1 when its endpoint does not take it'
            cand rotate-secret 'Give a webhook a new signing secret, and print it this once'
            cand deliveries 'List what was delivered to a webhook, the newest first, with every attempt'
            cand resend 'Send a delivery again, now; exits 1 when its endpoint does not take it'
        }
        &'cstar;help;webhooks;list'= {
        }
        &'cstar;help;webhooks;get'= {
        }
        &'cstar;help;webhooks;create'= {
        }
        &'cstar;help;webhooks;update'= {
        }
        &'cstar;help;webhooks;delete'= {
        }
        &'cstar;help;webhooks;test'= {
        }
        &'cstar;help;webhooks;rotate-secret'= {
        }
        &'cstar;help;webhooks;deliveries'= {
        }
        &'cstar;help;webhooks;resend'= {
        }
        &'cstar;help;sandbox'= {
            cand seed 'Fill a sandbox with believable customers, tickets and articles'
            cand export 'Write the whole state of a sandbox as JSON lines'
            cand import 'Replace the whole state of a sandbox by one that was exported'
            cand reset 'Remove everything a sandbox has kept'
            cand openapi 'Write the OpenAPI 3.1 document of the sandbox'
        }
        &'cstar;help;sandbox;seed'= {
        }
        &'cstar;help;sandbox;export'= {
        }
        &'cstar;help;sandbox;import'= {
        }
        &'cstar;help;sandbox;reset'= {
        }
        &'cstar;help;sandbox;openapi'= {
        }
        &'cstar;help;doctor'= {
        }
        &'cstar;help;mcp-server'= {
        }
        &'cstar;help;completion'= {
        }
        &'cstar;help;help'= {
        }
    ]
    $completions[$command]
}
