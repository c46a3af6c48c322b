<?php
// The check as copied from blog to blog. Bug: sort() without SORT_STRING compares digits as numbers.
function checkSignature()
{
    $tmpArr = array(getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? '');
    sort($tmpArr);
    return sha1(implode($tmpArr)) == ($_GET['signature'] ?? '');
}

if (!checkSignature()) {
    http_response_code(403);
    exit;
}
if (isset($_GET['echostr'])) {
    header('Content-Type: text/plain');
    echo $_GET['echostr'];
    exit;
}
echo 'success';
