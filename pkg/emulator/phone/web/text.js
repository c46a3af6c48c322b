// Text as the client draws it: links, and the codes of emoji. Which links there
// are is the server's finding, not this module's: it only looks where they stand.
import {html, W} from "./html.js";
import {act, mini, openH5} from "./acts.js";

const faces = {};
for (const [, name, face] of `
微笑 🙂 撇嘴 😕 色 😍 发呆 😳 得意 😎 流泪 😢 害羞 ☺️ 闭嘴 🤐 睡 😴 大哭 😭 尴尬 😅 发怒 😡 调皮 😜 呲牙 😁 惊讶 😮 难过 🙁 囧 😖 抓狂 😫 吐 🤮 偷笑 🤭 愉快 😊 白眼 🙄 傲慢 😤 困 🥱 惊恐 😱 憨笑 😄 悠闲 😌 疑问 ❓ 嘘 🤫 晕 😵 衰 😓 敲打 🔨
再见 👋 擦汗 😥 鼓掌 👏 坏笑 😏 鄙视 😒 委屈 🥺 快哭了 😿 阴险 😈 亲亲 😘 可怜 🥹 失望 😞 无语 😑 嘿哈 🤗 捂脸 🤦 奸笑 😼 机智 🤓 皱眉 😟 耶 ✌️ 吃瓜 🍉 加油 💪 汗 😓 天啊 😱 旺柴 🐶 好的 👌 打脸 🤕 哇 🤩 玫瑰 🌹 嘴唇 👄 爱心 ❤️ 心碎 💔 蛋糕 🎂
月亮 🌙 太阳 ☀️ 拥抱 🫂 强 👍 弱 👎 握手 🤝 胜利 ✌️ 抱拳 🙏 拳头 👊 OK 👌 合十 🙏 啤酒 🍺 咖啡 ☕ 红包 🧧 福 🧧 烟花 🎆 爆竹 🧨 猪头 🐷 庆祝 🎉 礼物 🎁
`.matchAll(/(\S+) (\S+)/g)) faces[name] = face;
export const someFaces = Object.keys(faces).slice(0, 40);
export const face = name => faces[name];

const codes = /\[([^\[\]\s]{1,5})\]/g;

export const emoji = s => s.replace(codes, (all, name) => faces[name] || all);

const foldAt = 600, most = 2048;

// within is as much of a text as n bytes hold, in whole characters.
function within(text, n) {
	const into = new Uint8Array(n);
	return text.slice(0, new TextEncoder().encodeInto(text, into).read);
}

// Said is the text of a bubble: links are buttons, the rest is text and nothing
// else. What is beyond 2048 bytes no phone shows.
export function Said({text, links = [], whole, onWhole}) {
	let rest = within(text, most), room = whole ? Infinity : foldAt;
	const lost = rest.length < text.length;
	const parts = [];
	const put = (words, link) => {
		if (room > 0) parts.push(link ? html`<${Link} link=${link} />` : emoji(words.slice(0, room)));
		room -= words.length;
	};
	for (const l of links) {
		const at = rest.search(/<a[\s>]/i);
		const end = at < 0 ? -1 : rest.toLowerCase().indexOf("</a>", at);
		if (end < 0) break;
		put(rest.slice(0, at));
		put(l.text || "", l);
		rest = rest.slice(end + 4);
	}
	put(rest);
	return html`<span class=tx>${parts}${room < 0 && html`…<button class=tx-all onClick=${onWhole} title=${W.unsure}>全文<//>`}<//>${lost && html`<span class="ov ov-bad">${W.cutAt(most)}<//>`}`;
}

// Link is a button: no address of a message's is ever one of the page's.
function Link({link: l}) {
	const href = l.href || "";
	const words = emoji(l.text || l.menu_content || "");
	if (href.startsWith("weixin://bizmsgmenu")) {
		return html`<button class=tx-link onClick=${stop(() => act("text", {value: l.menu_content || l.text, "menu-id": l.menu_id}))}>${words}<//>`;
	}
	if (l.appid) {
		return html`<button class=tx-link onClick=${stop(() => mini(l.appid, l.path))}>${words}<//>`;
	}
	if (/^https?:/i.test(href)) {
		return html`<button class=tx-link title=${href} onClick=${stop(() => openH5(href))}>${words}<//>`;
	}
	return words; // any other scheme is only text
}

export const stop = f => e => {
	e.stopPropagation();
	f(e);
};
