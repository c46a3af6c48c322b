<?php
// The bot of the PHP tutorials: simplexml_load_string, sprintf. No bug.
function checkSignature()
{
    $list = array(getenv('TOKEN'), $_GET['timestamp'] ?? '', $_GET['nonce'] ?? '');
    sort($list, SORT_STRING);
    return sha1(implode($list)) === ($_GET['signature'] ?? '');
}

function text($msg, $words)
{
    $template = '<xml>
<ToUserName><![CDATA[%s]]></ToUserName>
<FromUserName><![CDATA[%s]]></FromUserName>
<CreateTime>%s</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[%s]]></Content>
</xml>';
    return sprintf($template, $msg->FromUserName, $msg->ToUserName, time(), $words);
}

if (!checkSignature()) {
    exit;
}
if (isset($_GET['echostr'])) {
    header('Content-Type: text/plain');
    exit($_GET['echostr']);
}
$msg = simplexml_load_string(file_get_contents('php://input'), 'SimpleXMLElement', LIBXML_NOCDATA);
switch (trim($msg->MsgType)) {
    case 'text':
        echo text($msg, '你好，收到了');
        break;
    case 'event':
        echo $msg->Event == 'subscribe' ? text($msg, '欢迎关注') : 'success';
        break;
    default:
        echo 'success';
}
