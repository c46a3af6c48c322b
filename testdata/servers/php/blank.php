
<?php
// A blank line before the opening tag. Bug: PHP prints it before the echostr.
$list = [getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? ''];
sort($list, SORT_STRING);
if (sha1(implode($list)) !== ($_GET['signature'] ?? '')) {
    exit('bad signature');
}
echo $_GET['echostr'] ?? 'success';
