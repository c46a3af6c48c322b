<?php
// A client in PHP: prints its call as raw HTTP, right or with the mistake that is named.
$in = json_decode($argv[1], true);
['mistake' => $mistake, 'keys' => $keys, 'url' => $url, 'timestamp' => $now, 'params' => $params] = $in;
$path = strtok($url, '?');
if ($mistake === 'S02') $now = $now * 1000;

// RSA-PSS by hand: PHP 8.2's openssl_sign cannot.
function mgf1($seed, $n, $hash) {
    for ($out = '', $i = 0; strlen($out) < $n; $i++) $out .= hash($hash, $seed . pack('N', $i), true);
    return substr($out, 0, $n);
}
function pss($text, $pem, $hash, $mgf, $salt) {
    $m = hash($hash, $text, true);
    $s = $salt ? random_bytes($salt) : '';
    $h = hash($hash, str_repeat("\0", 8) . $m . $s, true);
    $db = str_repeat("\0", 256 - strlen($s) - strlen($h) - 2) . "\1" . $s;
    $masked = $db ^ mgf1($h, strlen($db), $mgf);
    $masked[0] = chr(ord($masked[0]) & 0x7f);
    openssl_private_encrypt($masked . $h . "\xbc", $sig, $pem, OPENSSL_NO_PADDING);
    return base64_encode($sig);
}

$plain = json_encode(['_n' => base64_encode(random_bytes(16)), '_appid' => $keys['appid'], '_timestamp' => $now] + $params);
if ($mistake === 'E11') $plain = json_encode([]);
$key = base64_decode($keys['symmetric']);
if ($mistake === 'E05') $key = $keys['symmetric'];               // openssl cuts it at 32 characters
if ($mistake === 'E05 twice') $key = base64_encode($keys['symmetric']);
$iv = random_bytes($mistake === 'E06' ? 16 : 12);
$aad = $mistake === 'E08' ? '' : "$path|{$keys['appid']}|$now|" . ($mistake === 'E08 number' ? $keys['private_sn'] : $keys['symmetric_sn']);
$data = openssl_encrypt($plain, 'aes-256-gcm', $key, $mistake === 'E07' ? 0 : OPENSSL_RAW_DATA, $iv, $tag, $aad, $mistake === 'E07 short' ? 12 : 16);
$body = json_encode(['iv' => base64_encode($iv), 'data' => base64_encode($data), 'authtag' => base64_encode($tag)]);   // with \/
$signed = $mistake === 'S17' ? str_replace('\/', '/', $body) : $body;

$text = "$path\n{$keys['appid']}\n$now\n$signed";
if ($mistake === 'S03') $text = "$path\n{$keys['appid']}\n{$keys['private_sn']}\n$now\n$signed";
if ($mistake === 'S04') $text = "$url\n{$keys['appid']}\n$now\n$signed";
if ($mistake === 'S05') $text = $path . '\n' . $keys['appid'] . '\n' . $now . '\n' . $signed;
if ($mistake === 'S06') $text = "$path\n$now\n{$keys['appid']}\n$signed";
$signature = pss($text, $keys['private_key'], $mistake === 'S10' ? 'sha1' : 'sha256', in_array($mistake, ['S09', 'S10']) ? 'sha1' : 'sha256', ['S08' => 20, 'S10' => 20][$mistake] ?? 32);
if ($mistake === 'S07') {
    openssl_sign($text, $raw, $keys['private_key'], OPENSSL_ALGO_SHA256);
    $signature = base64_encode($raw);
}
if ($mistake === 'S13') $signature = str_replace("\r\n", ' ', rtrim(chunk_split($signature, 76)));
$head = ['Content-Type: application/json', "Wechatmp-Appid: {$keys['appid']}", "Wechatmp-TimeStamp: $now", "Wechatmp-Signature: $signature"];
if ($mistake === 'S01') $head = [];
echo "POST ", substr($url, strlen('https://api.weixin.qq.com')), " HTTP/1.1\nHost: api.weixin.qq.com\n", implode("\n", $head), $head ? "\n" : '', "Content-Length: ", strlen($body), "\n\n", $body;
