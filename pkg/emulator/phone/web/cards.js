// What a message looks like: one drawing for each type, as the client has them.
import { html, Component } from "./html.js";
import { account, set } from "./store.js";
import { icon } from "./icons.js";
import { kind, W } from "./words.js";
import { act, fileURL, openH5 } from "./acts.js";
import { Said, stop } from "./text.js";

// Card draws what a line shows.
export function Card({ shown: s, own, item }) {
  const draw = item.via === "template" || item.via === "subscribe" ? Template : drawings[s.type];
  if (!draw) return html`<${Bubble} cls="cd-unknown">${W.notDrawn(s.type || item.type)}<//>`;
  return html`<${draw} s=${s} own=${own} item=${item} />`;
}

const Bubble = ({ cls = "", children }) => html`<div class=${"bb " + cls}>${children}</div>`;

class Text extends Component {
  render({ s, item }) {
    const text = s.text ?? item.text ?? "";
    return html`<${Bubble}><${Said} text=${text} links=${s.links} whole=${this.state.whole} onWhole=${stop(() => this.setState({ whole: true }))} /><//>`;
  }
}

// Picture is drawn when it is one of this origin or of the account's own server:
// no other server hears of it.
class Picture extends Component {
  render({ id, url, cls = "", alt = "" }) {
    const src = id && !/sample/.test(id) ? fileURL(id) : url && allowed(url) ? url : "";
    if (!src || this.state.broken === src) return html`<span class=${"cd-none " + cls}>${icon("image", 22)}<small>${hostOf(url) || id || ""}</small></span>`;
    return html`<img class=${"cd-img " + cls} src=${src} alt=${alt} loading="lazy" referrerpolicy="no-referrer" onError=${() => this.setState({ broken: src })} />`;
  }
}

function allowed(url) {
  try {
    const { origin, protocol } = new URL(url);
    return protocol.startsWith("http") && (origin === account()?.server_origin || origin === location.origin);
  } catch { return false; }
}

function hostOf(url) {
  try { return new URL(url).host; } catch { return ""; }
}

const Image = ({ s }) => html`<div class="cd-photo"><${Picture} id=${s.media_id} url=${s.picture} alt=${kind("image")} /></div>`;

function Voice({ s }) {
  const length = Math.min(60, Math.max(2, Math.round((s.spoken || "").length / 4)));
  return html`<div class="cd-voice"><${Bubble}><span class="cd-wave" style=${{ width: 84 - 24 + Math.min(86, 7 * length) + "px" }}>${icon("voice", 20)}<i>${length}″</i></span><//>
    ${s.spoken && html`<span class="ov cd-spoken">${s.spoken}</span>`}</div>`;
}

const Video = ({ s }) => html`<div class="cd-poster"><${Picture} id=${s.thumb_media_id} alt="" /><span class="cd-disc">${icon("play", 22)}</span>${s.title && html`<b>${s.title}</b>`}</div>`;

const Place = ({ s }) => html`<div class="cd cd-place"><b>${s.title || W.place()}</b><small>${s.lat}, ${s.lng}</small><span class="cd-map">${icon("pin", 26)}</span></div>`;

const Link = ({ s }) => html`<button class="cd cd-link" title=${s.url} onClick=${stop(() => openH5(s.url || ""))}>
  <b>${s.title}</b><span><small>${s.description}</small>${html`<${Picture} url=${s.picture} cls="cd-thumb" />`}</span></button>`;

const Music = ({ s }) => html`<div class="cd cd-music"><span class="cd-cover"><${Picture} id=${s.thumb_media_id} cls="cd-thumb" /></span><span><b>${s.title || W.ty_music()}</b><small>${s.description}</small></span>${icon("play", 22)}</div>`;

// News is one article with its description, or a list under the first one.
function News({ s }) {
  const list = s.articles || [];
  if (!list.length) return html`<${Bubble} cls="cd-unknown">${W.notDrawn("news")} ${s.media_id || s.id || ""}<//>`;
  const of = (a) => ({ title: a.title ?? a.Title, text: a.description ?? a.Description, url: a.url ?? a.URL, pic: a.picurl ?? a.PicURL });
  const [first, ...others] = list.map(of);
  return html`<div class="cd-news">
    <button class="cd-head" title=${first.url} onClick=${stop(() => openH5(first.url || ""))}>
      <span class="cd-wide"><${Picture} url=${first.pic} />${others.length > 0 && html`<b>${first.title}</b>`}</span>
      ${others.length === 0 && html`<span class="cd-under"><b>${first.title}</b><small>${first.text}</small></span>`}</button>
    ${others.map((a) => html`<button class="cd-more" title=${a.url} onClick=${stop(() => openH5(a.url || ""))}><b>${a.title}</b><${Picture} url=${a.pic} cls="cd-thumb" /></button>`)}
  </div>`;
}

function Template({ s, item }) {
  const lines = (s.fields || []).filter((f) => f.value !== "");
  const title = (s.text || item.text || "").split("\n")[0];
  const head = lines.some((f) => title.includes(f.value)) ? kindOf(item) : title;
  const go = s.appid ? () => set({ sheet: { kind: "opens", what: "miniprogram", text: s.appid + " " + (s.pagepath || "") } }) : s.url ? () => openH5(s.url) : null;
  return html`<div class="cd-temp"><span class="cd-acct"><i class="fc fc-acct fc-18" aria-hidden="true">${account()?.name.slice(0, 1)}</i>${account()?.name}</span>
    <b>${head}</b>
    <dl>${lines.map((f) => html`<dt>${f.label || ""}</dt><dd>${f.value}</dd>`)}</dl>
    ${go && html`<button class="cd-more-row" onClick=${stop(go)}>查看详情${icon("next", 14)}</button>`}
  </div>`;
}
const kindOf = (item) => W["via_" + item.via]();

const Mini = ({ s }) => html`<button class="cd cd-mini" onClick=${stop(() => set({ sheet: { kind: "opens", what: "miniprogram", text: (s.appid || "") + " " + (s.pagepath || "") } }))}>
  <span class="cd-name">${icon("mini", 14)}${s.appid || W.miniprogram()}</span><b>${s.title}</b><span class="cd-shot"><${Picture} id=${s.thumb_media_id} url=${s.picture} /></span><small>${icon("mini", 12)}小程序</small></button>`;

// Menu is the menu in the chat: its options are lines of their own.
const Menu = ({ s }) => html`<${Bubble}><div class="cd-menu">${s.head && html`<p>${s.head}</p>`}
  ${(s.options || []).map((o) => html`<button class="tx-link" onClick=${stop(() => act("text", { value: o.content, "menu-id": o.id }))}>${o.content}</button>`)}
  ${s.tail && html`<p>${s.tail}</p>`}</div><//>`;

const File = ({ s }) => html`<div class="cd cd-link"><b>${s.title}</b><span><small>${s.description}</small>${icon("save", 30)}</span></div>`;

const Transfer = ({ s }) => html`<span class="ov ov-info">transfer_customer_service${s.kf_account ? " · " + s.kf_account : ""}</span>`;

const drawings = {
  text: Text, image: Image, voice: Voice, video: Video, shortvideo: Video, location: Place, link: Link, news: News, mpnews: News, mpnewsarticle: News, music: Music,
  msgmenu: Menu, miniprogrampage: Mini, file: File, transfer_customer_service: Transfer,
};
