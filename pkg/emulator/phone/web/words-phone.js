// The texts of the phone: name, Chinese, English.
export default `
noMessages|还没有消息|No messages yet
begin|打字后按 Enter，或者从这里开始：|Type and press Enter, or begin with:
lost|模拟器没有应答，重连中|The emulator does not answer, reconnecting
theme|明暗|Theme
other|EN|中
otherTitle|English|中文
clock|模拟器的时钟|The emulator's clock
accountOf|公众号|Account
users|用户|Users
addUser|新用户|New user
type|输入消息|Message
newUserName|名字|Name
toMenu|菜单|Menu
toKeys|打字|Keyboard
emoji|表情|Emoji
more|更多|More
back|返回|Back
profile|公众号资料|Account profile
close|关闭|Close
cs|客服消息|CS messages
window|窗口 {0}|window {0}
noWindow|没有窗口|no window
via_custom|客服消息|customer service
via_template|模板消息|template message
via_subscribe|订阅消息|subscription message
via_mass|群发|mass message
late|迟 {0}|{0} late
cutAt|第 {0} 字节之后手机不显示|phones show nothing after byte {0}
notDrawn|这里还画不出 {0}|{0} cannot be drawn here yet
unsure|真机上的样子没有核对过|not compared with a phone
ev_subscribe|关注了|followed
ev_unsubscribe|取消了关注|unfollowed
ev_SCAN|扫码 {0}|scanned {0}
ev_LOCATION|上报位置|reported the location
ev_CLICK|菜单 CLICK · {0}|menu CLICK · {0}
ev_VIEW|菜单 VIEW · {0}|menu VIEW · {0}
ev_scan_follow|关注了（扫码 {0}）|followed (scanned {0})
ev_other|{0} · {1}|{0} · {1}
ev_opened|打开了 {0}|opened {0}
ty_text|文本|text
ty_image|图片|picture
ty_voice|语音|voice
ty_video|视频|video
ty_shortvideo|小视频|short video
ty_location|位置|location
ty_link|链接|link
ty_news|图文|articles
ty_music|音乐|music
ty_subscribe|关注|follow
ty_subscribe_scene|扫码关注|follow by scan
ty_unsubscribe|取消关注|unfollow
ty_scan|扫码|scan
ty_click|菜单 CLICK|menu CLICK
ty_view|菜单 VIEW|menu VIEW
ty_report_location|上报位置|location report
scan|扫一扫|Scan
scanHow|选一个带参数的二维码，或粘贴内容|Choose a QR code of this account, or paste
scanPaste|粘贴二维码内容、ticket 或 scene|paste a code's content, ticket or scene
scanGo|扫|Scan
forever|永久|permanent
leftFor|临时 · 还剩 {0}|temporary · {0} left
scanGets|未关注者得 subscribe，关注者得 SCAN|strangers send subscribe, followers SCAN
noCodes|这个公众号还没有二维码：用 qrcode/create 建一个。|The account has no QR codes yet: make one with qrcode/create.
scanResult|扫到的内容|what the code says
camera|拍摄|Camera
chooseFile|选一个文件，或拖到这里|choose a file, or drop one here
samplePic|发一张样图|send a sample
kept|已有的文件|files that are here
latLng|纬度,经度|lat,lng
spoken|说的话（语音识别结果）|what is said (recognition)
linkTitle|标题|title
linkURL|网址|address
windowsTitle|客服消息的窗口|Customer-service windows
windowsNone|现在发客服消息会被拒绝。|A customer-service message would be refused now.
left|还剩 {0}/{1} 条，到 {2}|{0}/{1} left, until {2}
opens|微信在这里打开{0}|Here WeChat opens {0}
miniprogram|小程序|a mini program
material|素材|a material
article|文章|an article
h5Calls|页面的调用|What the page called
h5Waits|等你回答|waits for your answer
h5Gone|页面没有等到回答就走了|the page went before there was an answer
h5Leaves|要去一个没有打开过的网站|leads to a site that was not opened here
h5Open|打开 {0}|Open {0}
h5Signed|签名对得上|the signature is right
h5_friend|会这样分享给朋友|would be shared with a friend as
h5_timeline|会这样分享到朋友圈|would be shared on Moments as
h5Result|结果：文字或 JSON|the result: a text, or JSON
h5Give|回答|Answer
h5Fail|失败|Fail
openWindow|在新窗口打开|Open in a window
h5Soon|这个页面打不开：{0}|The page cannot be opened: {0}
notFollowing|没有关注|not following
shownOnly|这一下不通知服务器|the server is not told
`;
