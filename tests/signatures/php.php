<?php
// What an app in PHP hands to the check, for each mistake.
$raw = file_get_contents('php://input');
$wrong = [
    'json' => fn() => json_encode(json_decode($raw)),
    'json-assoc' => fn() => json_encode(json_decode($raw, true)),
    'json-pretty' => fn() => json_encode(json_decode($raw), JSON_PRETTY_PRINT),
    'json-slashes' => fn() => json_encode(json_decode($raw), JSON_UNESCAPED_SLASHES),
    'post' => fn() => json_encode($_POST),
    'post-query' => fn() => http_build_query($_POST),
    'print-r' => fn() => print_r(json_decode($raw, true), true),
    'var-export' => fn() => var_export(json_decode($raw, true), true),
    'serialize' => fn() => serialize(json_decode($raw, true)),
    'latin1' => fn() => iconv('ISO-8859-1', 'UTF-8', $raw),
    'trim' => fn() => trim($raw),
    'htmlspecialchars' => fn() => htmlspecialchars($raw),
    'base64' => fn() => base64_encode($raw),
];
header('Content-Type: application/octet-stream');
echo $wrong[basename($_SERVER['REQUEST_URI'])]();
