// What the page says, in both languages. What WeChat's client says is Chinese in
// both: it is drawn as it is.
import { state } from "./store.js";

const T = (zh, en) => (...args) => (state.lang === "zh" ? zh : en).replace(/\{(\d)\}/g, (_, i) => args[i]);

export const W = {
  phone: T("手机", "Phone"), list: T("经过", "Events"), why: T("为什么", "Why"),
  resend: T("再发", "Resend"), edit: T("改后发", "Edit"), duplicate: T("重复投递", "Duplicate"), scenario: T("存为场景", "Scenario"),
  search: T("搜索正文、编号…", "search bodies, ids…"), all: T("全部", "All"), messages: T("消息", "Messages"), api: T("接口", "API"), problems: T("有问题", "Problems"),
  empty: T("每次推送和接口调用都会出现在这里。", "Every delivery and API call appears here."), noMatch: T("没有符合的记录。", "Nothing matches."),
  fresh: T("{0} 新", "{0} new"), server: T("→ 服务器", "→ server"), fromAPI: T("← 接口", "← API"), waiting: T("等待中", "waiting"), noAnswer: T("无回应", "no answer"),
  canceled: T("已取消", "canceled"), older: T("更早的 {0} 条", "{0} earlier"),

  fine: T("正常", "Fine"), userSees: T("用户看到：{0}", "The user sees: {0}"), waitFor: T("等待服务器", "Waiting for the server"),
  nth: T("第 {0} 次投递，还在等", "Delivery {0}, still waiting"), cutBefore: T("第 {0} 次没等到回应，已断开重发，MsgId 不变。", "Delivery {0} got no answer in time; it was cut and repeated with the same MsgId."),
  seenNothing: T("回了 {0}，用户什么也看不到", "{0}: the user sees nothing"), emptyBody: T("空回应", "an empty answer"), seenText: T("用户看到回复", "The user sees the reply"),
  seenArticles: T("用户看到 {0} 篇图文", "The user sees {0} article(s)"), seenType: T("用户看到一条{0}", "The user sees: {0}"), seenFault: T("用户看到故障提示", "The user sees the fault line"),
  notSent: T("没有发出去", "It was not sent"), stopped: T("投递中止了", "The delivery was stopped"), thrice: T("同一条消息（MsgId 相同）投递了 {0} 次，你的程序很可能做了 {0} 遍同样的事。", "The same message (same MsgId) was delivered {0} times: your program has probably done its work {0} times."),
  fix: T("这样改", "Fix"), lateJump: T("{0} 后一条客服消息送达（#{1}）", "a customer-service message arrived {0} later (#{1})"),
  causeJump: T("大概是为了「{0}」（推送 #{1}）", "probably because of “{0}” (push #{1})"), againOf: T("再发自 #{0}", "sent again from #{0}"),
  apiFine: T("接口调用成功", "The call succeeded"), apiRefused: T("接口调用被拒绝", "The call was refused"), ended: T("还没有", "not yet"), timeout: T("超时", "timed out"), waits: T("等待", "waiting"),

  steps: T("经过", "Steps"), sums: T("算式", "arithmetic"), raw: T("原文", "Raw"), reply: T("服务器的回复", "Reply"), sent: T("发出的消息", "Sent"), http: T("HTTP", "HTTP"), curl: T("curl", "curl"),
  request: T("请求", "Request"), response: T("回应", "Response"), copy: T("复制", "Copy"), copied: T("已复制", "Copied"), download: T("下载", "Download"), should: T("应为 {0}", "should be {0}"), remove: T("应该去掉", "should not be here"),
  noBytes: T("没有字节：服务器一个字节也没有发。", "No bytes: the server sent none."), noBytesYet: T("还没有字节：服务器还没有回应。", "No bytes yet: the server has not answered."), gone: T("这些字节已经不再保留：新的推送占了它们的位置。", "These bytes are no longer kept: newer pushes needed the room."),
  cut: T("只保留了前面 {0} 字节，共 {1} 字节。", "The first {0} bytes of {1} are kept."), noBody: T("没有正文。", "No body."), fold: T("全文", "Show all"), long: T("这一行有 {0} 个字符，", "{0} characters on this line: "),
  decrypted: T("解密后", "decrypted"), token: T("（你的 Token）", "(your Token)"), sorted: T("按字典序排好、连起来、SHA-1", "sorted, joined, SHA-1"),
  signature: T("signature", "signature"), msgSignature: T("msg_signature", "msg_signature"), envelope: T("密文里", "Inside the envelope"), replyEnvelope: T("回复的密文里", "Inside the reply's envelope"), serverWrote: T("服务器写的", "the server wrote"),

  step_connect: T("连上", "Connected"), step_tls: T("TLS", "TLS"), step_send: T("发出", "Sent"), step_answer: T("回应", "Answer"), step_body: T("收完", "Body"), step_envelope: T("密文", "Envelope"),
  step_decrypt: T("解密", "Decrypted"), step_reply: T("读懂", "Understood"), step_addressee: T("收件人", "Addressee"), step_content: T("内容", "Content"), step_shown: T("显示给用户", "Shown"), step_sign: T("签名", "Signed"),

  fields: T("字段", "Fields"), rawBody: T("原文", "Raw"), sameId: T("MsgId 不变", "same MsgId"), signed: T("签名、加密由 wxdev 来做。", "wxdev signs and encrypts."), send: T("发送", "Send"), cancel: T("取消", "Cancel"), fresh_: T("新的", "a new one"), atSend: T("发送时", "when sent"), mode: T("模式", "Mode"), asUser: T("用户", "User"),

  three: T("三步收到第一条回复", "Three steps to the first reply"), one: T("服务器有回应", "Server answers"), oneBad: T("服务器没有回应", "The server does not answer"), noURL: T("还没有服务器地址", "No server address yet"), noURLHow: T("启动时给出服务器的地址：", "Give the address of your server:"),
  two: T("Token 一致", "Same Token"), twoHow: T("把模拟器的设置交给服务器：", "Give your server the emulator's settings:"), third: T("发一条消息", "Send a message"), thirdHow: T("在左边打字，或者：", "Type at the left, or:"), probing: T("正在验证…", "Checking…"), recheck: T("再验证一次", "Check again"),
  noMessages: T("还没有消息", "No messages yet"), begin: T("打字后按 Enter，或者从这里开始：", "Type and press Enter, or begin with:"), follow: T("关注", "Follow"),
  lost: T("模拟器没有应答，重连中", "The emulator does not answer, reconnecting"), theme: T("明暗", "Theme"), other: T("EN", "中"), otherTitle: T("English", "中文"), clock: T("模拟器的时钟", "The emulator's clock"), accountOf: T("公众号", "Account"),
  users: T("用户", "Users"), addUser: T("新用户", "New user"), type: T("输入消息", "Message"), newUserName: T("名字", "Name"), toMenu: T("菜单", "Menu"), toKeys: T("打字", "Keyboard"), voice: T("语音", "Voice"), emoji: T("表情", "Emoji"), more: T("更多", "More"), back: T("返回", "Back"), profile: T("公众号资料", "Account profile"), close: T("关闭", "Close"),
  cs: T("客服消息", "CS messages"), window: T("窗口 {0}", "window {0}"), noWindow: T("没有窗口", "no window"), via_custom: T("客服消息", "customer service"), via_template: T("模板消息", "template message"), via_subscribe: T("订阅消息", "subscription message"), via_mass: T("群发", "mass message"), late: T("迟 {0}", "{0} late"),
  notDrawn: T("这里还画不出 {0}", "{0} cannot be drawn here yet"), unsure: T("真机上的样子没有核对过", "not compared with a phone"),

  ev_subscribe: T("关注了", "followed"), ev_unsubscribe: T("取消了关注", "unfollowed"), ev_SCAN: T("扫码 {0}", "scanned {0}"), ev_LOCATION: T("上报位置", "reported the location"), ev_CLICK: T("菜单 CLICK · {0}", "menu CLICK · {0}"), ev_VIEW: T("菜单 VIEW · {0}", "menu VIEW · {0}"), ev_scan_follow: T("关注了（扫码 {0}）", "followed (scanned {0})"), ev_other: T("{0} · {1}", "{0} · {1}"), ev_opened: T("打开了 {0}", "opened {0}"),
  ty_text: T("文本", "text"), ty_image: T("图片", "picture"), ty_voice: T("语音", "voice"), ty_video: T("视频", "video"), ty_shortvideo: T("小视频", "short video"), ty_location: T("位置", "location"), ty_link: T("链接", "link"), ty_news: T("图文", "articles"), ty_music: T("音乐", "music"), ty_subscribe: T("关注", "follow"), ty_subscribe_scene: T("扫码关注", "follow by scan"), ty_unsubscribe: T("取消关注", "unfollow"), ty_scan: T("扫码", "scan"), ty_click: T("菜单 CLICK", "menu CLICK"), ty_view: T("菜单 VIEW", "menu VIEW"), ty_report_location: T("上报位置", "location report"),

  scan: T("扫一扫", "Scan"), scanHow: T("选一个带参数的二维码，或粘贴内容", "Choose a QR code of this account, or paste"), scanPaste: T("粘贴二维码内容、ticket 或 scene", "paste a code's content, ticket or scene"), scanGo: T("扫", "Scan"), forever: T("永久", "permanent"), leftFor: T("临时 · 还剩 {0}", "temporary · {0} left"), scanGets: T("未关注者得 subscribe，关注者得 SCAN", "strangers send subscribe, followers SCAN"), noCodes: T("这个公众号还没有二维码：用 qrcode/create 建一个。", "The account has no QR codes yet: make one with qrcode/create."), scanResult: T("扫到的内容", "what the code says"),
  picture: T("图片", "Picture"), camera: T("拍摄", "Camera"), place: T("位置", "Location"), link: T("链接", "Link"), video: T("视频", "Video"), unfollow: T("取消关注", "Unfollow"), chooseFile: T("选一个文件，或拖到这里", "choose a file, or drop one here"), samplePic: T("发一张样图", "send a sample"), kept: T("已有的文件", "files that are here"), latLng: T("纬度,经度", "lat,lng"), spoken: T("说的话（语音识别结果）", "what is said (recognition)"), linkTitle: T("标题", "title"), linkURL: T("网址", "address"),
  windowsTitle: T("客服消息的窗口", "Customer-service windows"), windowsNone: T("现在发客服消息会被拒绝。", "A customer-service message would be refused now."), left: T("还剩 {0}/{1} 条，到 {2}", "{0}/{1} left, until {2}"), opens: T("微信在这里打开{0}", "Here WeChat opens {0}"), miniprogram: T("小程序", "a mini program"), material: T("素材", "a material"), article: T("文章", "an article"), openWindow: T("在新窗口打开", "Open in a window"), h5Soon: T("这个页面打不开：{0}", "The page cannot be opened: {0}"), notFollowing: T("没有关注", "not following"), shownOnly: T("这一下不通知服务器", "the server is not told"),

  k_move: T("上下", "move"), k_bytes: T("看字节", "bytes"), k_search: T("搜索", "search"), k_type: T("打字", "type"), k_new: T("新用户", "new user"), k_overlay: T("标注", "overlay"), k_all: T("全部", "all"), k_user: T("第几个用户", "user"), k_menu: T("菜单", "menu"), k_theme: T("明暗", "light, dark"), k_newest: T("最新", "newest"), k_esc: T("退出、关闭、清空", "leave, close, clear"), k_raw: T("复制原文", "copy raw"), keys: T("按键", "Keys"), noCurl: T("每个按钮都是一次控制接口调用：停在按钮上就能看到。", "Every button is a call of the control API: rest on it to see which."),
  plain: T("明文模式", "plain"), compat: T("兼容模式", "compat"), safe: T("安全模式", "safe"), zoneList: T("推送和接口调用", "Deliveries and calls"), zoneWhy: T("为什么", "Why"), zonePhone: T("手机", "Phone"), selectFirst: T("选一条，看它为什么这样。", "Choose one to see why."), savedFile: T("场景文件，wxdev test 可以跑：", "A scenario; wxdev test runs it:"), save: T("保存文件", "Save file"), loading: T("读取中…", "Reading…"), bytesN: T("{0} B", "{0} B"), delivery: T("投递", "Delivery"),
};

// kind is a type of message in words, or as it is.
export const kind = (name) => (W["ty_" + name] ? W["ty_" + name]() : name);

// label is that of a push, its type in words: 文本「你好」.
export function label(s) {
  const i = s.indexOf(" 「");
  if (i < 0) return kind(s);
  return kind(s.slice(0, i)) + (state.lang === "zh" ? s.slice(i + 1) : " “" + s.slice(i + 2, -1) + "”");
}

export function took(ms) {
  if (ms >= 1000) return (ms / 1000).toFixed(1) + " s";
  return (ms >= 10 ? Math.round(ms) : Number(ms.toFixed(1))) + " ms";
}

const two = (n) => String(n).padStart(2, "0");
export function time(at, seconds = true) {
  const d = new Date(at);
  return two(d.getHours()) + ":" + two(d.getMinutes()) + (seconds ? ":" + two(d.getSeconds()) : "");
}

// life is how long something lasts: 47:52, 6 天.
export function life(s) {
  const zh = state.lang === "zh";
  if (s >= 172800) return Math.floor(s / 86400) + (zh ? " 天 " : " d ") + Math.floor(s % 86400 / 3600) + (zh ? " 小时" : " h");
  if (s >= 60) return two(Math.floor(s / 3600)) + ":" + two(Math.floor(s % 3600 / 60));
  return Math.max(0, Math.floor(s)) + " s";
}
