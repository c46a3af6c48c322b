<?php
// Run with display_errors on. Bug: PHP prints a warning about a missing parameter before the echostr.
$list = [getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? ''];
sort($list, SORT_STRING);
if (sha1(implode($list)) !== ($_GET['signature'] ?? '')) {
    http_response_code(403);
    exit('bad signature');
}
if (isset($_GET['echostr'])) {
    $encrypted = $_GET['encrypt_type'] == 'aes';
    echo $_GET['echostr'];
    exit;
}
echo 'success';
