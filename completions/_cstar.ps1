
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'cstar' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'cstar'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'cstar' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Watch signed events travel from a local cStar to a local server')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Forward webhook events to your own server')
            [CompletionResult]::new('trigger', 'trigger', [CompletionResultType]::ParameterValue, 'Fire test webhook events')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'List webhook event types, or show a sample of one')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'List the events received, or show or export them')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell what happened to one event, and what to do next')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Deliver events from the history once more')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a signature against a body, and say why it does not match')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Print the signature header for a body')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Check an API key and store it, so that commands find it')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Remove a stored API key')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the team, the key in use and its origin, and what is left of its limit')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List stored keys by name, choose one, and trust project files')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'List, create and revoke API keys')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show API requests, as a list or live')
            [CompletionResult]::new('webhooks', 'webhooks', [CompletionResultType]::ParameterValue, 'Register, change and test webhooks, and see their deliveries')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a local cStar for tests and offline work')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out why something does not work, layer by layer')
            [CompletionResult]::new('mcp-server', 'mcp-server', [CompletionResultType]::ParameterValue, 'Serve cStar''s tools to AI agents (Model Context Protocol)')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;demo' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;listen' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'URL, host:port/path, or port to deliver to; repeatable [default: http://localhost:3000/api/webhooks]')
            [CompletionResult]::new('--forward-to', '--forward-to', [CompletionResultType]::ParameterName, 'URL, host:port/path, or port to deliver to; repeatable [default: http://localhost:3000/api/webhooks]')
            [CompletionResult]::new('--route', '--route', [CompletionResultType]::ParameterName, 'Deliver events that match PATTERN to TARGET: ''ticket.*=localhost:3001/tickets''; repeatable')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Only events that match: ''ticket.*,customer.created''; repeatable')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Only events that match: ''ticket.*,customer.created''; repeatable')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Add a header to every delivery, `Name: value`; repeatable')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Add a header to every delivery, `Name: value`; repeatable')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Sign with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the session''s]')
            [CompletionResult]::new('--transport', '--transport', [CompletionResultType]::ParameterName, 'How to receive: sse, ws (WebSocket), or auto, which changes to ws when a proxy holds sse back')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit of each attempt; 0 for none (cStar itself allows 10 s)')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Attempts after the first one, for timeouts, 429 and 5xx')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Deliveries in flight per target')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after this many events have been dealt with; exit 1 if one failed')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'End after this time; exit 1 if a delivery failed, or --count was not reached')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Also make the deliveries that earlier runs left, and go on after the last event received')
            [CompletionResult]::new('--no-history', '--no-history', [CompletionResultType]::ParameterName, 'Record nothing: no history, no replay, nothing to resume')
            [CompletionResult]::new('--print-secret', '--print-secret', [CompletionResultType]::ParameterName, 'Print only the signing secret, and exit')
            [CompletionResult]::new('--ordered', '--ordered', [CompletionResultType]::ParameterName, 'Deliver one event at a time, in the order of the stream')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Skip certificate checks of https targets')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;trigger' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Lay this object over the sample''s data: JSON, @FILE, or - for standard input')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one member: data.ticket.priority=urgent; repeatable')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Fire this many of each')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Sign and send straight to this endpoint, without any server in between')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret for --to [env: CSTAR_WEBHOOK_SECRET]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Extra header for --to, `Name: value`; repeatable')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Extra header for --to, `Name: value`; repeatable')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit of each request with --to')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Fire one event of every type')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Skip certificate checks of the endpoint of --to')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;events' {
            [CompletionResult]::new('--category', '--category', [CompletionResultType]::ParameterName, 'Only this category')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a full sample event of one type')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;events;show' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;events;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a full sample event of one type')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;events;help;show' {
            break
        }
        'cstar;events;help;help' {
            break
        }
        'cstar;history' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only these types: ''ticket.*,customer.created''; repeatable')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only events with a delivery that ended like this')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only events received before')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many, the newest ones')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the events received, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one event: its request, every attempt, the last answer')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write everything about the events as JSON lines or as an HTTP archive (HAR)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;history;list' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only these types: ''ticket.*,customer.created''; repeatable')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only events with a delivery that ended like this')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only events received before')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many, the newest ones')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;history;show' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;history;export' {
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'One event per line: its body, deliveries, attempts and answers')
            [CompletionResult]::new('--har', '--har', [CompletionResultType]::ParameterName, 'HAR 1.2, one entry per attempt, which browsers and proxies can open')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only these types: ''ticket.*,customer.created''; repeatable')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only events with a delivery that ended like this')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only events received before')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;history;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the events received, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one event: its request, every attempt, the last answer')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write everything about the events as JSON lines or as an HTTP archive (HAR)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;history;help;list' {
            break
        }
        'cstar;history;help;show' {
            break
        }
        'cstar;history;help;export' {
            break
        }
        'cstar;history;help;help' {
            break
        }
        'cstar;why' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;replay' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only what was received then or later: 1h (ago), 2026-03-06; without --failed, delivered events too')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only these types: ''ticket.*,customer.created''; repeatable')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Deliver here instead of where they went')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Sign with this secret [env: CSTAR_WEBHOOK_SECRET]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Add a header, `Name: value`; repeatable')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Add a header, `Name: value`; repeatable')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit of each request; 0 for none')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--failed', '--failed', [CompletionResultType]::ParameterName, 'Every delivery that failed')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Skip certificate checks of https targets')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;verify' {
            [CompletionResult]::new('--signature', '--signature', [CompletionResultType]::ParameterName, 'Value of the X-Signature (or cstar-signature) header')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret [env: CSTAR_WEBHOOK_SECRET]')
            [CompletionResult]::new('--tolerance', '--tolerance', [CompletionResultType]::ParameterName, 'How old, or how far ahead, a signature may be')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Judge as of this time, in unix seconds, instead of now')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Refuse legacy sha256= signatures, which can be replayed for ever')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;sign' {
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret [env: CSTAR_WEBHOOK_SECRET]')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Sign as of this time, in unix seconds, instead of now')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;login' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where to keep the key [default: the keychain, and the file where there is none]')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cstar;logout' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every profile')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;status' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;profiles' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Make a profile the active one: it is used when none is named')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile and its key')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Obey a project file as it is now, after showing what it asks for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;profiles;list' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;profiles;use' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;profiles;remove' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;profiles;trust' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;profiles;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Make a profile the active one: it is used when none is named')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile and its key')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Obey a project file as it is now, after showing what it asks for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;profiles;help;list' {
            break
        }
        'cstar;profiles;help;use' {
            break
        }
        'cstar;profiles;help;remove' {
            break
        }
        'cstar;profiles;help;trust' {
            break
        }
        'cstar;profiles;help;help' {
            break
        }
        'cstar;keys' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the team''s API keys')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an API key, and print it this once')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an API key: it is refused from then on, and its open streams end')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;keys;list' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;keys;create' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the key is for, in your words')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Secret keys read and write, publishable ones only read [default: secret]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Which data it is for [default: that of the key in use]')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Store the key as this profile, in place of the one it has, instead of printing it')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;keys;revoke' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; also needed to revoke the key in use')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; also needed to revoke the key in use')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;keys;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the team''s API keys')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an API key, and print it this once')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an API key: it is refused from then on, and its open streams end')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;keys;help;list' {
            break
        }
        'cstar;keys;help;create' {
            break
        }
        'cstar;keys;help;revoke' {
            break
        }
        'cstar;keys;help;help' {
            break
        }
        'cstar;logs' {
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'Only these HTTP methods: POST or GET,POST')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only such answers: 404, 4xx or 400-499; several with commas')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'Only such paths, with * for any characters: ''tickets/*'' or ''/api/v1/auth/*''')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only from this time on: 1h or 2d (ago), 2026-03-06, 2026-03-06T14:30')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Only before this time')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many, the newest ones [default: 50; with --tail 10]')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--tail', '--tail', [CompletionResultType]::ParameterName, 'Go on with the requests to come, until Ctrl-C')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the team''s webhooks')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one webhook')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Register a webhook, and print its signing secret this once')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change a webhook, or switch it off and on')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a webhook: what was not delivered yet is dropped')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Send a test event to one webhook; exits 1 when its endpoint does not take it')
            [CompletionResult]::new('rotate-secret', 'rotate-secret', [CompletionResultType]::ParameterValue, 'Give a webhook a new signing secret, and print it this once')
            [CompletionResult]::new('deliveries', 'deliveries', [CompletionResultType]::ParameterValue, 'List what was delivered to a webhook, the newest first, with every attempt')
            [CompletionResult]::new('resend', 'resend', [CompletionResultType]::ParameterValue, 'Send a delivery again, now; exits 1 when its endpoint does not take it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;webhooks;list' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Only those that get events')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;get' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;create' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What it is for, in your words [default: the host of the address]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Where to deliver: an https address; with a sandbox also http on this machine')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Event types, or patterns such as ''ticket.*'', separated by commas')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--flat-payload', '--flat-payload', [CompletionResultType]::ParameterName, 'Repeat key members, such as ticket_id, at the root of each body')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;update' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Another name')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Another address')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'These event types and patterns instead, separated by commas')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Whether it gets events')
            [CompletionResult]::new('--flat-payload', '--flat-payload', [CompletionResultType]::ParameterName, 'Whether key members are repeated at the root of each body')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;delete' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;test' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;rotate-secret' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;deliveries' {
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only those in this state')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many')
            [CompletionResult]::new('--after', '--after', [CompletionResultType]::ParameterName, 'Only those that are older than this delivery')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;resend' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;webhooks;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the team''s webhooks')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one webhook')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Register a webhook, and print its signing secret this once')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change a webhook, or switch it off and on')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a webhook: what was not delivered yet is dropped')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Send a test event to one webhook; exits 1 when its endpoint does not take it')
            [CompletionResult]::new('rotate-secret', 'rotate-secret', [CompletionResultType]::ParameterValue, 'Give a webhook a new signing secret, and print it this once')
            [CompletionResult]::new('deliveries', 'deliveries', [CompletionResultType]::ParameterValue, 'List what was delivered to a webhook, the newest first, with every attempt')
            [CompletionResult]::new('resend', 'resend', [CompletionResultType]::ParameterValue, 'Send a delivery again, now; exits 1 when its endpoint does not take it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;webhooks;help;list' {
            break
        }
        'cstar;webhooks;help;get' {
            break
        }
        'cstar;webhooks;help;create' {
            break
        }
        'cstar;webhooks;help;update' {
            break
        }
        'cstar;webhooks;help;delete' {
            break
        }
        'cstar;webhooks;help;test' {
            break
        }
        'cstar;webhooks;help;rotate-secret' {
            break
        }
        'cstar;webhooks;help;deliveries' {
            break
        }
        'cstar;webhooks;help;resend' {
            break
        }
        'cstar;webhooks;help;help' {
            break
        }
        'cstar;sandbox' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1; 0 picks a free one')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per hour and key instead of cStar''s limits; 0 for none')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Multiply the waits of webhook deliveries with this, such as 0.001 in tests')
            [CompletionResult]::new('--cors-origin', '--cors-origin', [CompletionResultType]::ParameterName, 'Let web pages of this origin ask, such as http://localhost:5173; repeatable')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Where the state is kept [default: `sandbox` in the configuration directory]')
            [CompletionResult]::new('--chaos', '--chaos', [CompletionResultType]::ParameterName, 'Let something go wrong, as described below; repeatable')
            [CompletionResult]::new('--chaos-seed', '--chaos-seed', [CompletionResultType]::ParameterName, 'Repeat the chance of an earlier run: the same requests meet the same faults')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--ephemeral', '--ephemeral', [CompletionResultType]::ParameterName, 'Keep everything in memory, and nothing after the end')
            [CompletionResult]::new('--log-bodies', '--log-bodies', [CompletionResultType]::ParameterName, 'Keep bodies in the request log too, without secrets and up to 4 KiB each')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('seed', 'seed', [CompletionResultType]::ParameterValue, 'Fill a sandbox with believable customers, tickets and articles')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the whole state of a sandbox as JSON lines')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Replace the whole state of a sandbox by one that was exported')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Remove everything a sandbox has kept')
            [CompletionResult]::new('openapi', 'openapi', [CompletionResultType]::ParameterValue, 'Write the OpenAPI 3.1 document of the sandbox')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;sandbox;seed' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Where the state is kept [default: `sandbox` in the configuration directory]')
            [CompletionResult]::new('--tickets', '--tickets', [CompletionResultType]::ParameterName, 'How many tickets')
            [CompletionResult]::new('--customers', '--customers', [CompletionResultType]::ParameterName, 'How many customers')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Which data: any number')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Live instead of test data; the public library shows live articles only')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Fire the events that follow, for listeners that resume')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cstar;sandbox;export' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Where the state is kept [default: `sandbox` in the configuration directory]')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cstar;sandbox;import' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Where the state is kept [default: `sandbox` in the configuration directory]')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before what there is gets lost')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before what there is gets lost')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cstar;sandbox;reset' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'Where the state is kept [default: `sandbox` in the configuration directory]')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;sandbox;openapi' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cstar;sandbox;help' {
            [CompletionResult]::new('seed', 'seed', [CompletionResultType]::ParameterValue, 'Fill a sandbox with believable customers, tickets and articles')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the whole state of a sandbox as JSON lines')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Replace the whole state of a sandbox by one that was exported')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Remove everything a sandbox has kept')
            [CompletionResult]::new('openapi', 'openapi', [CompletionResultType]::ParameterValue, 'Write the OpenAPI 3.1 document of the sandbox')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;sandbox;help;seed' {
            break
        }
        'cstar;sandbox;help;export' {
            break
        }
        'cstar;sandbox;help;import' {
            break
        }
        'cstar;sandbox;help;reset' {
            break
        }
        'cstar;sandbox;help;openapi' {
            break
        }
        'cstar;sandbox;help;help' {
            break
        }
        'cstar;doctor' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Also send one signed `ping` event to this URL, host:port/path, or port')
            [CompletionResult]::new('--forward-to', '--forward-to', [CompletionResultType]::ParameterName, 'Also send one signed `ping` event to this URL, host:port/path, or port')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Sign that event with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the stream''s]')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Skip certificate checks of an https target')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;mcp-server' {
            [CompletionResult]::new('--tools', '--tools', [CompletionResultType]::ParameterName, 'Offer only these tools; repeatable')
            [CompletionResult]::new('--http', '--http', [CompletionResultType]::ParameterName, 'Serve over HTTP instead of standard input and output; port 0 picks a free one')
            [CompletionResult]::new('--print-config', '--print-config', [CompletionResultType]::ParameterName, 'Print what to add to the configuration of an agent')
            [CompletionResult]::new('--install', '--install', [CompletionResultType]::ParameterName, 'Add it to the configuration of an agent, after asking')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Offer no tool that changes anything')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before --install writes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before --install writes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cstar;completion' {
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'Use this API key; the variable is safer, arguments are visible to others [env: CSTAR_API_KEY]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Use another API base URL [env: CSTAR_BASE_URL] [default: https://www.cstar.help]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use the key stored under this name [env: CSTAR_PROFILE]')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'Trust the certificate authorities in this PEM file too, for cStar')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: the resource itself, or one object per line for streams')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the local sandbox and its test key instead of cStar')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Print no colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error; repeat for more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'cstar;help' {
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Watch signed events travel from a local cStar to a local server')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Forward webhook events to your own server')
            [CompletionResult]::new('trigger', 'trigger', [CompletionResultType]::ParameterValue, 'Fire test webhook events')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'List webhook event types, or show a sample of one')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'List the events received, or show or export them')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell what happened to one event, and what to do next')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Deliver events from the history once more')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a signature against a body, and say why it does not match')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Print the signature header for a body')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Check an API key and store it, so that commands find it')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Remove a stored API key')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the team, the key in use and its origin, and what is left of its limit')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List stored keys by name, choose one, and trust project files')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'List, create and revoke API keys')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show API requests, as a list or live')
            [CompletionResult]::new('webhooks', 'webhooks', [CompletionResultType]::ParameterValue, 'Register, change and test webhooks, and see their deliveries')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a local cStar for tests and offline work')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out why something does not work, layer by layer')
            [CompletionResult]::new('mcp-server', 'mcp-server', [CompletionResultType]::ParameterValue, 'Serve cStar''s tools to AI agents (Model Context Protocol)')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cstar;help;demo' {
            break
        }
        'cstar;help;listen' {
            break
        }
        'cstar;help;trigger' {
            break
        }
        'cstar;help;events' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a full sample event of one type')
            break
        }
        'cstar;help;events;show' {
            break
        }
        'cstar;help;history' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the events received, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one event: its request, every attempt, the last answer')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write everything about the events as JSON lines or as an HTTP archive (HAR)')
            break
        }
        'cstar;help;history;list' {
            break
        }
        'cstar;help;history;show' {
            break
        }
        'cstar;help;history;export' {
            break
        }
        'cstar;help;why' {
            break
        }
        'cstar;help;replay' {
            break
        }
        'cstar;help;verify' {
            break
        }
        'cstar;help;sign' {
            break
        }
        'cstar;help;login' {
            break
        }
        'cstar;help;logout' {
            break
        }
        'cstar;help;status' {
            break
        }
        'cstar;help;profiles' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Make a profile the active one: it is used when none is named')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile and its key')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Obey a project file as it is now, after showing what it asks for')
            break
        }
        'cstar;help;profiles;list' {
            break
        }
        'cstar;help;profiles;use' {
            break
        }
        'cstar;help;profiles;remove' {
            break
        }
        'cstar;help;profiles;trust' {
            break
        }
        'cstar;help;keys' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the team''s API keys')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an API key, and print it this once')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an API key: it is refused from then on, and its open streams end')
            break
        }
        'cstar;help;keys;list' {
            break
        }
        'cstar;help;keys;create' {
            break
        }
        'cstar;help;keys;revoke' {
            break
        }
        'cstar;help;logs' {
            break
        }
        'cstar;help;webhooks' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the team''s webhooks')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one webhook')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Register a webhook, and print its signing secret this once')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change a webhook, or switch it off and on')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a webhook: what was not delivered yet is dropped')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Send a test event to one webhook; exits 1 when its endpoint does not take it')
            [CompletionResult]::new('rotate-secret', 'rotate-secret', [CompletionResultType]::ParameterValue, 'Give a webhook a new signing secret, and print it this once')
            [CompletionResult]::new('deliveries', 'deliveries', [CompletionResultType]::ParameterValue, 'List what was delivered to a webhook, the newest first, with every attempt')
            [CompletionResult]::new('resend', 'resend', [CompletionResultType]::ParameterValue, 'Send a delivery again, now; exits 1 when its endpoint does not take it')
            break
        }
        'cstar;help;webhooks;list' {
            break
        }
        'cstar;help;webhooks;get' {
            break
        }
        'cstar;help;webhooks;create' {
            break
        }
        'cstar;help;webhooks;update' {
            break
        }
        'cstar;help;webhooks;delete' {
            break
        }
        'cstar;help;webhooks;test' {
            break
        }
        'cstar;help;webhooks;rotate-secret' {
            break
        }
        'cstar;help;webhooks;deliveries' {
            break
        }
        'cstar;help;webhooks;resend' {
            break
        }
        'cstar;help;sandbox' {
            [CompletionResult]::new('seed', 'seed', [CompletionResultType]::ParameterValue, 'Fill a sandbox with believable customers, tickets and articles')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the whole state of a sandbox as JSON lines')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Replace the whole state of a sandbox by one that was exported')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Remove everything a sandbox has kept')
            [CompletionResult]::new('openapi', 'openapi', [CompletionResultType]::ParameterValue, 'Write the OpenAPI 3.1 document of the sandbox')
            break
        }
        'cstar;help;sandbox;seed' {
            break
        }
        'cstar;help;sandbox;export' {
            break
        }
        'cstar;help;sandbox;import' {
            break
        }
        'cstar;help;sandbox;reset' {
            break
        }
        'cstar;help;sandbox;openapi' {
            break
        }
        'cstar;help;doctor' {
            break
        }
        'cstar;help;mcp-server' {
            break
        }
        'cstar;help;completion' {
            break
        }
        'cstar;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
