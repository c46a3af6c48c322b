<?php
// The bot of the PHP tutorials in safe mode, on PHP's own openssl. No bug.
define('KEY', base64_decode(getenv('AES_KEY') . '='));

function signature(...$parts)
{
    sort($parts, SORT_STRING);
    return sha1(implode($parts));
}

function decrypt($encrypted)
{
    $plain = openssl_decrypt($encrypted, 'aes-256-cbc', KEY, OPENSSL_ZERO_PADDING, substr(KEY, 0, 16));
    $plain = substr($plain, 0, -ord(substr($plain, -1))); // padded to 32 bytes, the last one says how many
    $length = unpack('N', substr($plain, 16, 4))[1];
    if (substr($plain, 20 + $length) !== getenv('APPID')) {
        http_response_code(403);
        exit('another AppID');
    }
    return substr($plain, 20, $length);
}

function encrypt($reply)
{
    $plain = random_bytes(16) . pack('N', strlen($reply)) . $reply . getenv('APPID');
    $pad = 32 - strlen($plain) % 32;
    return openssl_encrypt($plain . str_repeat(chr($pad), $pad), 'aes-256-cbc', KEY, OPENSSL_ZERO_PADDING, substr(KEY, 0, 16));
}

$timestamp = $_GET['timestamp'] ?? '';
$nonce = $_GET['nonce'] ?? '';
if (signature(getenv('TOKEN'), $timestamp, $nonce) !== ($_GET['signature'] ?? '')) {
    http_response_code(403);
    exit('bad signature');
}
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    header('Content-Type: text/plain');
    exit($_GET['echostr'] ?? '');
}
$envelope = simplexml_load_string(file_get_contents('php://input'), 'SimpleXMLElement', LIBXML_NOCDATA);
if (signature(getenv('TOKEN'), $timestamp, $nonce, (string) $envelope->Encrypt) !== ($_GET['msg_signature'] ?? '')) {
    http_response_code(403);
    exit('bad msg_signature');
}
$msg = simplexml_load_string(decrypt($envelope->Encrypt), 'SimpleXMLElement', LIBXML_NOCDATA);
if ((string) $msg->MsgType !== 'text') {
    exit('success');
}
$now = time();
$encrypted = encrypt("<xml><ToUserName><![CDATA[$msg->FromUserName]]></ToUserName>"
    . "<FromUserName><![CDATA[$msg->ToUserName]]></FromUserName><CreateTime>$now</CreateTime>"
    . '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，收到了]]></Content></xml>');
$signature = signature(getenv('TOKEN'), $now, $nonce, $encrypted);
header('Content-Type: text/xml');
echo "<xml><Encrypt><![CDATA[$encrypted]]></Encrypt><MsgSignature><![CDATA[$signature]]></MsgSignature>"
    . "<TimeStamp>$now</TimeStamp><Nonce><![CDATA[$nonce]]></Nonce></xml>";
