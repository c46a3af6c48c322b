<?php
// A small Official Account bot for PHP's built-in server.
$token = getenv('TOKEN');
$list = [$token, $_GET['timestamp'] ?? '', $_GET['nonce'] ?? ''];
sort($list, SORT_STRING);
if (!hash_equals(sha1(implode($list)), $_GET['signature'] ?? '')) {
    http_response_code(403);
    exit('signature does not match');
}
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    header('Content-Type: text/plain');
    exit($_GET['echostr'] ?? '');
}

$body = file_get_contents('php://input');

function field(string $name): string
{
    global $body;
    if (!preg_match("#<$name>((?:<!\[CDATA\[.*?\]\]>)+|[^<]*)</$name>#s", $body, $m)) {
        return '';
    }
    if (str_starts_with($m[1], '<!')) {
        return preg_replace('#<!\[CDATA\[(.*?)\]\]>#s', '$1', $m[1]);
    }
    return htmlspecialchars_decode($m[1], ENT_QUOTES | ENT_XML1);
}

function cdata(string $text): string
{
    return '<![CDATA[' . str_replace(']]>', ']]]]><![CDATA[>', $text) . ']]>';
}

function text(string $words): string
{
    return '<MsgType><![CDATA[text]]></MsgType><Content>' . cdata($words) . '</Content>';
}

function help(): string
{
    return '<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item>'
        . '<Title><![CDATA[排队助手]]></Title><Description><![CDATA[取号、帮助]]></Description>'
        . '<PicUrl><![CDATA[https://example.com/help.png]]></PicUrl><Url><![CDATA[https://example.com/help]]></Url>'
        . '</item></Articles>';
}

// The next number of the queue; the same message gets the same one again.
function number(): int
{
    $book = fopen('numbers.json', 'c+');
    flock($book, LOCK_EX);
    $taken = json_decode(stream_get_contents($book), true) ?: [];
    $taken[field('MsgId')] ??= count($taken) + 1;
    rewind($book);
    fwrite($book, json_encode($taken));
    fclose($book);
    return $taken[field('MsgId')];
}

function answer(): ?string
{
    $words = field('Content');
    switch (field('MsgType')) {
        case 'text':
            return match (true) {
                $words === '你好' => text('你好！发“取号”排队，发“帮助”看说明。'),
                $words === '取号' => text('您的号码是 ' . number()),
                $words === '帮助' => help(),
                trim($words) !== '' => text('您说的是：' . $words),
                default => null,
            };
        case 'event':
            return match (field('Event')) {
                'subscribe' => text('欢迎关注！发“取号”开始排队。'),
                'CLICK' => help(),
                default => null,
            };
    }
    return null;
}

$reply = answer();
if ($reply === null) {
    exit('success');
}
header('Content-Type: text/xml; charset=utf-8');
echo '<xml><ToUserName>' . cdata(field('FromUserName')) . '</ToUserName><FromUserName>' . cdata(field('ToUserName')) . '</FromUserName>'
    . '<CreateTime>' . time() . '</CreateTime>' . $reply . '</xml>';
