<?php
// The echo bot of the PHP tutorials, sorting as text. No bug.
$list = [getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? ''];
sort($list, SORT_STRING);
if (!hash_equals(sha1(implode($list)), $_GET['signature'] ?? '')) {
    exit; // 200 and nothing, like the official sample
}
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    header('Content-Type: text/plain');
    exit($_GET['echostr'] ?? '');
}

$body = file_get_contents('php://input');
function field($name)
{
    global $body;
    return preg_match("#<$name><!\[CDATA\[(.*?)\]\]></$name>#s", $body, $m) ? $m[1] : '';
}
if (field('MsgType') !== 'text') {
    exit('success');
}
header('Content-Type: text/xml');
printf(
    '<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>'
    . '<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>',
    field('FromUserName'),
    field('ToUserName'),
    time(),
    '你好，收到了'
);
