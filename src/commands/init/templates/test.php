<?php
// Tests the receiver with the sandbox, which needs `cstar` in PATH but no account and no network: php test.php
$home = sys_get_temp_dir() . '/cstar-' . bin2hex(random_bytes(8));
mkdir($home, 0700);
putenv("CSTAR_HOME=$home");
putenv("PROCESSED_EVENTS=$home/processed");
$flags = '--sandbox --json --count 2 --for 60s --path /webhook --exit-on-stdin-eof';
$free = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($free, false), ':'), 1);
fclose($free);
$server = [PHP_BINARY, '-S', "localhost:$port", 'webhook.php'];
$pipes = [['pipe', 'r'], ['pipe', 'w'], ['file', "$home/log", 'w']];
$dev = proc_open(['cstar', 'dev', '--port', "$port", ...explode(' ', $flags), '--', ...$server], $pipes, $pipes);

function fail(string $message): never
{
    global $home;
    fwrite(STDERR, "$message\n" . file_get_contents("$home/log"));
    exit(1);
}

function next_line(string $member, mixed $value): object
{
    global $pipes;
    while ($text = fgets($pipes[1])) {
        $line = json_decode($text);
        if (($line->$member ?? null) === $value) {
            return $line;
        }
    }
    fail('cstar dev has ended:');
}

function cstar(array $args, int $code = 0): string
{
    $process = proc_open(['cstar', ...$args], [1 => ['pipe', 'w']], $pipes);
    $output = stream_get_contents($pipes[1]);
    proc_close($process) === $code or fail(implode(' ', $args) . ": $output");
    return $output;
}

next_line('type', 'connected');

$fired = cstar(['trigger', 'ticket.created', '--sandbox', '--json']);
next_line('type', 'delivered');
cstar(['replay', json_decode($fired)->eventId, '--sandbox']);

$forged = ['--to', "http://localhost:$port/webhook", '--secret', 'whsec_wrong'];
str_contains(cstar(['trigger', 'ticket.created', ...$forged], 1), '401') or fail('a forged event was accepted');

cstar(['trigger', 'ticket.updated', '--sandbox']);
stream_get_contents($pipes[1]);
fclose($pipes[0]);
proc_close($dev) === 0 or fail('cstar dev failed:');
$log = file_get_contents("$home/log");
$counts = [substr_count($log, ' processed ticket.'), substr_count($log, 'already processed evt_')];
$counts === [2, 1] or fail(json_encode($counts) . ', not [2,1]:');
echo "each event is processed once, and a forged one is refused\n";
