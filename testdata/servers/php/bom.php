<?php
// Saved by an editor that writes a byte order mark. Bug: the mark goes out before the echostr.
$list = [getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? ''];
sort($list, SORT_STRING);
if (sha1(implode($list)) !== ($_GET['signature'] ?? '')) {
    exit('bad signature');
}
echo $_GET['echostr'] ?? 'success';
