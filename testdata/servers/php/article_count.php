<?php
// Answers with one article and counts it twice. Bug: ArticleCount is not the number of items.
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
$msg = simplexml_load_string(file_get_contents('php://input'), 'SimpleXMLElement', LIBXML_NOCDATA);
if ((string) $msg->MsgType !== 'text') {
    exit('success');
}
$now = time();
echo "<xml><ToUserName><![CDATA[$msg->FromUserName]]></ToUserName>"
    . "<FromUserName><![CDATA[$msg->ToUserName]]></FromUserName><CreateTime>$now</CreateTime>"
    . '<MsgType><![CDATA[news]]></MsgType><ArticleCount>2</ArticleCount><Articles><item><Title><![CDATA[标题]]></Title>'
    . '<Description><![CDATA[描述]]></Description><PicUrl><![CDATA[https://example.com/a.jpg]]></PicUrl>'
    . '<Url><![CDATA[https://example.com/a]]></Url></item></Articles></xml>';
