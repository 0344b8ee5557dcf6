<?php
// Processes each event once. The directory `processed` has an empty file for each event: only one process can create it.
// With a database, use a table with a unique column instead, in the transaction of your own changes.

// Your work. cStar waits 10 seconds for the answer: put what takes longer into a queue here.
function work(object $event): void
{
    error_log("processed $event->type $event->id");
}

// The status to answer an authentic request with: 208 is "already reported", and as good as 200 to cStar.
function receive(string $body): int
{
    $event = json_decode($body);
    if (!is_object($event) || !is_string($event->id ?? null) || !is_string($event->type ?? null)) {
        return 400;
    }
    $directory = getenv('PROCESSED_EVENTS') ?: __DIR__ . '/processed';
    if (!is_dir($directory)) {
        @mkdir($directory, 0700, true);
    }
    // The id of the body is signed, X-Event-ID is not.
    $file = $directory . '/' . hash('sha256', $event->id);
    $created = @fopen($file, 'x');
    if (!$created) {
        if (!file_exists($file)) {
            error_log("could not create $file");
            return 500;
        }
        error_log("already processed $event->id");
        return 208;
    }
    fclose($created);
    try {
        work($event);
        return 200;
    } catch (Throwable $error) {
        // The next attempt tries again.
        unlink($file);
        error_log($error);
        return 500;
    }
}
