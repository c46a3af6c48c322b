<?php
// Written for PHP 5. Bug: $HTTP_RAW_POST_DATA is gone, so every message comes in empty and every reply is addressed to nobody.
$list = array(getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? '');
sort($list, SORT_STRING);
if (sha1(implode($list)) !== ($_GET['signature'] ?? '')) {
    http_response_code(403);
    exit('bad signature');
}
if (isset($_GET['echostr'])) {
    header('Content-Type: text/plain');
    exit($_GET['echostr']);
}
$msg = simplexml_load_string($GLOBALS['HTTP_RAW_POST_DATA'], 'SimpleXMLElement', LIBXML_NOCDATA);
$now = time();
echo "<xml><ToUserName><![CDATA[$msg->FromUserName]]></ToUserName>"
    . "<FromUserName><![CDATA[$msg->ToUserName]]></FromUserName><CreateTime>$now</CreateTime>"
    . '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，收到了]]></Content></xml>';
