// Text as the client draws it: links, and the codes of emoji. Which links there
// are is the server's finding, not this module's: it only looks where they stand.
import { html } from "./html.js";
import { W } from "./words.js";
import { act, openH5 } from "./acts.js";
import { set } from "./store.js";

const faces = {
  微笑: "🙂", 撇嘴: "😕", 色: "😍", 发呆: "😳", 得意: "😎", 流泪: "😢", 害羞: "☺️", 闭嘴: "🤐", 睡: "😴", 大哭: "😭", 尴尬: "😅", 发怒: "😡", 调皮: "😜", 呲牙: "😁", 惊讶: "😮", 难过: "🙁",
  囧: "😖", 抓狂: "😫", 吐: "🤮", 偷笑: "🤭", 愉快: "😊", 白眼: "🙄", 傲慢: "😤", 困: "🥱", 惊恐: "😱", 憨笑: "😄", 悠闲: "😌", 疑问: "❓", 嘘: "🤫", 晕: "😵", 衰: "😓", 敲打: "🔨", 再见: "👋",
  擦汗: "😥", 鼓掌: "👏", 坏笑: "😏", 鄙视: "😒", 委屈: "🥺", 快哭了: "😿", 阴险: "😈", 亲亲: "😘", 可怜: "🥹", 失望: "😞", 无语: "😑", 嘿哈: "🤗", 捂脸: "🤦", 奸笑: "😼", 机智: "🤓", 皱眉: "😟", 耶: "✌️", 吃瓜: "🍉", 加油: "💪", 汗: "😓", 天啊: "😱", 旺柴: "🐶", 好的: "👌", 打脸: "🤕", 哇: "🤩",
  玫瑰: "🌹", 嘴唇: "👄", 爱心: "❤️", 心碎: "💔", 蛋糕: "🎂", 月亮: "🌙", 太阳: "☀️", 拥抱: "🫂", 强: "👍", 弱: "👎", 握手: "🤝", 胜利: "✌️", 抱拳: "🙏", 拳头: "👊", OK: "👌", 合十: "🙏", 啤酒: "🍺", 咖啡: "☕", 红包: "🧧", 福: "🧧", 烟花: "🎆", 爆竹: "🧨", 猪头: "🐷", 庆祝: "🎉", 礼物: "🎁",
};
export const someFaces = Object.keys(faces).slice(0, 40);
export const face = (name) => faces[name];

const codes = /\[([^\[\]\s]{1,5})\]/g;

// emoji replaces [微笑]; a code that is not known stays.
export const emoji = (s) => s.replace(codes, (all, name) => faces[name] || all);

const foldAt = 600;

// Said is the text of a bubble: its links are drawn as the client does, the
// rest is text and nothing else.
export function Said({ text, links = [], whole, onWhole }) {
  const cut = !whole && text.length > foldAt + 60;
  let rest = cut ? text.slice(0, foldAt) + "…" : text;
  const parts = [];
  for (const l of links) {
    const at = rest.search(/<a[\s>]/i);
    const end = at < 0 ? -1 : rest.toLowerCase().indexOf("</a>", at);
    if (end < 0) break;
    parts.push(emoji(rest.slice(0, at)), html`<${Link} link=${link(l)} />`);
    rest = rest.slice(end + 4);
  }
  parts.push(emoji(rest));
  return html`<span class="tx">${parts}${cut && html`<button class="tx-all" onClick=${onWhole} title=${W.unsure()}>全文</button>`}</span>`;
}

// link has the same names, whichever way the server writes them.
const link = (l) => ({
  text: l.text ?? l.Text, href: l.href ?? l.Href ?? "", id: l.menu_id ?? l.MenuID, content: l.menu_content ?? l.MenuContent, appid: l.appid ?? l.AppID, path: l.path ?? l.Path,
});

// Link is a button: no address of a message's is ever one of the page's.
function Link({ link: l }) {
  const words = emoji(l.text || l.content || "");
  if (l.href.startsWith("weixin://bizmsgmenu")) {
    return html`<button class="tx-link" onClick=${stop(() => act("text", { value: l.content || l.text, "menu-id": l.id }))}>${words}</button>`;
  }
  if (l.appid) {
    return html`<button class="tx-link" onClick=${stop(() => set({ sheet: { kind: "opens", what: "miniprogram", text: l.appid + " " + (l.path || "") } }))}>${words}</button>`;
  }
  if (/^https?:/i.test(l.href)) {
    return html`<button class="tx-link" title=${l.href} onClick=${stop(() => openH5(l.href))}>${words}</button>`;
  }
  return words; // any other scheme is only text
}

export const stop = (f) => (e) => {
  e.stopPropagation();
  f(e);
};
