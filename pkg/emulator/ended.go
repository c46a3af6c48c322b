package emulator

// endedRoutes are calls that WeChat has ended. SDKs still have them, and those who
// call them are to see what the real ones answer: since 2022 (a thread of 2022,
// https://developers.weixin.qq.com/community/minihome/doc/0000242f858d704d293edeb925b400,
// and of uploadnews one of 2024, https://github.com/JeffreySu/WeiXinMPSDK/issues/3085;
// read 2026-11-30).
func endedRoutes() []route {
	const instead = "has ended: 45106; draft/add is in its place"
	return []route{
		{method: "POST", path: "/cgi-bin/material/add_news", handle: (*call).ended, does: instead},
		{method: "POST", path: "/cgi-bin/material/update_news", handle: (*call).ended, does: "has ended: 45106; draft/update is in its place"},
		{method: "POST", path: "/cgi-bin/media/uploadnews", handle: (*call).ended, does: instead},
	}
}

func (c *call) ended() (any, error) { return nil, fail(45106) }
