<?php
// The official sample on a PHP that shows errors. Bug: libxml_disable_entity_loader() is deprecated, and PHP says so before the reply.
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
libxml_disable_entity_loader(true);
$msg = simplexml_load_string(file_get_contents('php://input'), 'SimpleXMLElement', LIBXML_NOCDATA);
if ((string) $msg->MsgType !== 'text') {
    exit('success');
}
$now = time();
echo "<xml><ToUserName><![CDATA[$msg->FromUserName]]></ToUserName>"
    . "<FromUserName><![CDATA[$msg->ToUserName]]></FromUserName><CreateTime>$now</CreateTime>"
    . '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，收到了]]></Content></xml>';
