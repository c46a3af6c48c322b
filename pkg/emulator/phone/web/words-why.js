// The texts around the phone.
export default `
phone|手机|Phone
list|经过|Events
why|为什么|Why
resend|再发|Resend
edit|改后发|Edit
duplicate|重复投递|Duplicate
scenario|存为场景|Scenario
search|搜索正文、编号…|search bodies, ids…
all|全部|All
messages|消息|Messages
api|接口|API
problems|有问题|Problems
empty|每次推送和接口调用都会出现在这里。|Every delivery and API call appears here.
noMatch|没有符合的记录。|Nothing matches.
fresh|{0} 新|{0} new
server|→ 服务器|→ server
fromAPI|← 接口|← API
waiting|等待中|waiting
noAnswer|无回应|no answer
canceled|已取消|canceled
older|更早的 {0} 条|{0} earlier
fine|正常|Fine
userSees|用户看到：{0}|The user sees: {0}
waitFor|等待服务器|Waiting for the server
nth|第 {0} 次投递，还在等|Delivery {0}, still waiting
cutBefore|第 {0} 次没等到回应，已断开重发，MsgId 不变。|Delivery {0} got no answer in time; it was cut and repeated with the same MsgId.
seenNothing|回了 {0}，用户什么也看不到|{0}: the user sees nothing
emptyBody|空回应|an empty answer
seenText|用户看到回复|The user sees the reply
seenArticles|用户看到 {0} 篇图文|The user sees {0} article(s)
seenType|用户看到一条{0}|The user sees: {0}
seenFault|用户看到故障提示|The user sees the fault line
notSent|没有发出去|It was not sent
stopped|投递中止了|The delivery was stopped
thrice|同一条消息（MsgId 相同）投递了 {0} 次，你的程序很可能做了 {0} 遍同样的事。|The same message (same MsgId) was delivered {0} times: your program has probably done its work {0} times.
fix|这样改|Fix
lateJump|{0} 后一条客服消息送达（#{1}）|a customer-service message arrived {0} later (#{1})
causeJump|大概是为了「{0}」（推送 #{1}）|probably because of “{0}” (push #{1})
againOf|再发自 #{0}|sent again from #{0}
apiFine|接口调用成功|The call succeeded
apiRefused|接口调用被拒绝|The call was refused
ended|还没有|not yet
timeout|超时|timed out
waits|等待|waiting
steps|经过|Steps
sums|算式|arithmetic
raw|原文|Raw
reply|服务器的回复|Reply
sent|发出的消息|Sent
http|HTTP|HTTP
curl|curl|curl
request|请求|Request
response|回应|Response
copy|复制|Copy
copied|已复制|Copied
download|下载|Download
should|应为 {0}|should be {0}
remove|应该去掉|should not be here
noBytes|没有字节：服务器一个字节也没有发。|No bytes: the server sent none.
noBytesYet|还没有字节：服务器还没有回应。|No bytes yet: the server has not answered.
gone|这些字节已经不再保留：新的推送占了它们的位置。|These bytes are no longer kept: newer pushes needed the room.
cut|只保留了前面 {0} 字节，共 {1} 字节。|The first {0} bytes of {1} are kept.
noBody|没有正文。|No body.
fold|全文|Show all
long|这一行有 {0} 个字符，|{0} characters on this line: 
decrypted|解密后|decrypted
token|（你的 Token）|(your Token)
sorted|按字典序排好、连起来、SHA-1|sorted, joined, SHA-1
signature|signature|signature
msgSignature|msg_signature|msg_signature
envelope|密文里|Inside the envelope
replyEnvelope|回复的密文里|Inside the reply's envelope
serverWrote|服务器写的|the server wrote
step_connect|连上|Connected
step_tls|TLS|TLS
step_send|发出|Sent
step_answer|回应|Answer
step_body|收完|Body
step_envelope|密文|Envelope
step_decrypt|解密|Decrypted
step_reply|读懂|Understood
step_addressee|收件人|Addressee
step_content|内容|Content
step_shown|显示给用户|Shown
step_sign|签名|Signed
fields|字段|Fields
sameId|MsgId 不变|same MsgId
signed|签名、加密由 wxdev 来做。|wxdev signs and encrypts.
send|发送|Send
cancel|取消|Cancel
fresh_|新的|a new one
atSend|发送时|when sent
mode|模式|Mode
asUser|用户|User
three|三步收到第一条回复|Three steps to the first reply
one|服务器有回应|Server answers
oneBad|服务器没有回应|The server does not answer
noURL|还没有服务器地址|No server address yet
noURLHow|启动时给出服务器的地址：|Give the address of your server:
two|Token 一致|Same Token
twoHow|把模拟器的设置交给服务器：|Give your server the emulator's settings:
third|发一条消息|Send a message
thirdHow|在左边打字，或者：|Type at the left, or:
probing|正在验证…|Checking…
recheck|再验证一次|Check again
k_move|上下|move
k_bytes|看字节|bytes
k_search|搜索|search
k_overlay|标注|overlay
k_user|第几个用户|user
k_newest|最新|newest
k_esc|退出、关闭、清空|leave, close, clear
k_raw|复制原文|copy raw
keys|按键|Keys
noCurl|每个按钮都是一次控制接口调用：停在按钮上就能看到。|Every button is a call of the control API: rest on it to see which.
plain|明文模式|plain
compat|兼容模式|compat
safe|安全模式|safe
zoneList|推送和接口调用|Deliveries and calls
selectFirst|选一条，看它为什么这样。|Choose one to see why.
savedFile|场景文件，wxdev test 可以跑：|A scenario; wxdev test runs it:
save|保存文件|Save file
loading|读取中…|Reading…
bytesN|{0} B|{0} B
delivery|投递|Delivery
`;
