// Sheets: what the client asks before something is sent. A dialog traps the focus
// and leaves on Escape by itself.
import { html, Component, createRef } from "./html.js";
import { account, me, set, state } from "./store.js";
import { icon } from "./icons.js";
import { life, time, W } from "./words.js";
import { act, fileURL, say, sheetList, upload } from "./acts.js";
import { curl } from "./calls.js";
import { addUser, freeName } from "./phone.js";

const close = () => set({ sheet: null });

export class Sheet extends Component {
  box = createRef();
  componentDidMount() {
    const d = this.box.current;
    d.show();
    (d.querySelector("[autofocus]") || d.querySelector("button, input"))?.focus();
  }
  render({ sheet, user }) {
    const Body = bodies[sheet.kind];
    return html`<div class="sh-back" onClick=${(e) => e.target === e.currentTarget && close()}>
      <dialog class=${"sh sh-" + sheet.kind} ref=${this.box} aria-modal="true" aria-labelledby="sh-title" onKeyDown=${(e) => this.key(e)} onClose=${close}>
        <${Body} sheet=${sheet} user=${user} /></dialog></div>`;
  }
  key(e) {
    if (e.key === "Escape") {
      e.stopPropagation();
      close();
    } else if (e.key === "Tab") trap(e, this.box.current);
  }
}

// trap keeps the focus inside: the sheet covers the phone, not the page.
function trap(e, box) {
  const all = [...box.querySelectorAll("button, input, textarea, select")].filter((x) => !x.disabled && x.offsetParent);
  const last = e.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== last) return;
  e.preventDefault();
  (e.shiftKey ? all.at(-1) : all[0])?.focus();
}

const Head = ({ title, how }) => html`<h2 id="sh-title">${title}</h2>${how && html`<p class="sh-how">${how}</p>`}`;

const Foot = ({ go, disabled, action, body }) => html`<div class="sh-foot"><button type="button" class="bt" onClick=${close}>${W.cancel()}</button>
  <button class="bt bt-go" disabled=${disabled} data-curl=${action && curl("act", { user: me().name || me().openid, action }, body)}>${go}</button></div>`;

const form = (f) => (e) => { e.preventDefault(); f(e); };

// press is what a button of the menu that needs an answer does with it: its event,
// and the message that follows it.
async function press(button, fields, action, body) {
  close();
  if (button) await act("tap", { value: button.at, ...fields });
  if (action) await act(action, body);
}

class Scan extends Component {
  state = { codes: null, text: "" };
  componentDidMount() { sheetList("qrcodes").then((a) => this.setState({ codes: a.qrcodes }), (err) => say(err.message)); }
  go(text) {
    const b = this.props.sheet.button;
    if (b) press(b, { result: text });
    else press(null, null, "scan", { value: text });
  }
  render({ sheet }, { codes, text }) {
    return html`<form onSubmit=${form(() => text.trim() && this.go(text.trim()))}><${Head} title=${W.scan()} how=${sheet.button ? sheet.button.type : W.scanHow()} />
      <div class="sh-list">${codes?.slice(0, 20).map((c) => html`<button type="button" class="sh-row" onClick=${() => this.go(sheet.button ? c.url : c.ticket)}><b class="mono">${c.scene}</b>
        <small>${c.left_s ? W.leftFor(life(c.left_s)) : W.forever()} · ${W.scanGets()}</small></button>`)}
      ${codes?.length === 0 && html`<p class="sh-how">${W.noCodes()}</p>`}</div>
      <input class="sh-in" autofocus placeholder=${sheet.button ? W.scanResult() : W.scanPaste()} aria-label=${W.scanPaste()} value=${text} onInput=${(e) => this.setState({ text: e.target.value })} />
      <${Foot} go=${W.scanGo()} disabled=${!text.trim()} action=${sheet.button ? "tap" : "scan"} body=${{ value: sheet.button ? sheet.button.at : text || "…" }} /></form>`;
  }
}

class PlaceSheet extends Component {
  state = { places: [], text: "" };
  componentDidMount() { sheetList("places").then((a) => this.setState({ places: a.places }), (err) => say(err.message)); }
  go(p) {
    const b = this.props.sheet.button;
    const body = { lat: String(p.lat), lng: String(p.lng), scale: String(p.scale || 16), label: p.address || p.name || "" };
    press(b, b && { lat: body.lat, lng: body.lng, scale: body.scale, label: body.label }, "location", body);
  }
  render({ sheet }, { places, text }) {
    const at = /^\s*(-?[\d.]+)\s*[,，]\s*(-?[\d.]+)\s*$/.exec(text);
    return html`<form onSubmit=${form(() => at && this.go({ lat: at[1], lng: at[2] }))}><${Head} title=${W.place()} how=${sheet.button?.type} />
      <div class="sh-list">${places.map((p) => html`<button type="button" class="sh-row" onClick=${() => this.go(p)}><b>${p.name}</b><small>${p.address} · ${p.lat}, ${p.lng}</small></button>`)}</div>
      <input class="sh-in" autofocus placeholder=${W.latLng()} aria-label=${W.latLng()} value=${text} onInput=${(e) => this.setState({ text: e.target.value })} />
      <${Foot} go=${W.send()} disabled=${!at} action="location" body=${{ lat: at?.[1] || "…", lng: at?.[2] || "…" }} /></form>`;
  }
}

class PictureSheet extends Component {
  state = { kept: [], busy: false };
  componentDidMount() { sheetList("media").then((a) => this.setState({ kept: a.media.filter((m) => m.type === "image").slice(0, 8) }), () => {}); }
  send(body) {
    const b = this.props.sheet.button;
    press(b, b && {}, "image", body);
  }
  async file(f) {
    if (!f) return;
    this.setState({ busy: true });
    try {
      const m = await upload(f);
      this.send({ "media-id": m.media_id, "pic-url": location.origin + fileURL(m.media_id) });
    } catch (err) {
      this.setState({ busy: false });
      say(err.message);
    }
  }
  render({ sheet }, { kept, busy }) {
    return html`<form onSubmit=${form(() => this.send({}))} onDragOver=${(e) => e.preventDefault()} onDrop=${(e) => { e.preventDefault(); this.file(e.dataTransfer.files[0]); }}>
      <${Head} title=${W.picture()} how=${sheet.button?.type} />
      <label class="sh-file">${icon("image", 26)}<span>${busy ? "…" : W.chooseFile()}</span><input type="file" accept="image/*" aria-label=${W.chooseFile()} onChange=${(e) => this.file(e.target.files[0])} /></label>
      ${kept.length > 0 && html`<p class="sh-how">${W.kept()}</p><div class="sh-pics">${kept.map((m) => html`<button type="button" title=${m.filename} onClick=${() => this.send({ "media-id": m.id, "pic-url": m.url })}><img src=${fileURL(m.id)} alt=${m.filename} /></button>`)}</div>`}
      <${Foot} go=${W.samplePic()} action="image" body=${{}} /></form>`;
  }
}

// Fields asks for a few words, and sends what they make.
class Fields extends Component {
  render({ title, fields, go, action, start = {} }) {
    const value = (name) => this.state[name] ?? start[name] ?? "";
    const body = Object.fromEntries(fields.map(([name]) => [name, value(name)]).filter(([, v]) => v));
    return html`<form onSubmit=${form(() => go(body))}><${Head} title=${title} />
      ${fields.map(([name, words], i) => html`<label class="sh-field"><span>${words}</span><input class="sh-in" name=${name} autofocus=${i === 0} value=${value(name)} onInput=${(e) => this.setState({ [name]: e.target.value })} /></label>`)}
      <${Foot} go=${W.send()} disabled=${!value(fields[0][0])} action=${action} body=${body} /></form>`;
  }
}

const sends = (action) => (body) => press(null, null, action, body);
const Voice = () => html`<${Fields} title=${W.voice()} action="voice" fields=${[["recognition", W.spoken()]]} go=${sends("voice")} />`;
const Link = () => html`<${Fields} title=${W.link()} action="link" fields=${[["title", W.linkTitle()], ["url", W.linkURL()]]} start=${{ url: account()?.server_origin || "" }} go=${sends("link")} />`;
const User = () => html`<${Fields} title=${W.addUser()} fields=${[["name", W.newUserName()]]} start=${{ name: freeName() }} go=${(b) => addUser(b.name).catch((err) => say(err.message))} />`;

function Profile({ user }) {
  const u = me(), a = account();
  const off = u.unsubscribed;
  return html`<div class="sh-profile"><span class="fc fc-acct fc-64">${user.account?.slice(0, 1)}</span><${Head} title=${a?.name} how=${a?.appid + " · " + a?.original_id} />
    <button class=${"bt " + (off ? "bt-go" : "")} data-curl=${curl("act", { user: u.name || u.openid, action: off ? "follow" : "unfollow" })} onClick=${() => { close(); act(off ? "follow" : "unfollow"); }}>${off ? "关注公众号" : "取消关注"}</button>
    <button class="bt" onClick=${close}>${W.close()}</button></div>`;
}

function Windows() {
  const u = me(), cs = u.cs || {};
  return html`<div><${Head} title=${W.windowsTitle()} how=${cs.why || (u.windows?.length ? "" : W.windowsNone())} />
    <div class="sh-list">${(u.windows || []).map((w) => html`<div class="sh-row"><b>${w.title}</b><small>${W.left(w.left, w.of, time(w.until))} · ${life((Date.parse(w.until) - Date.now() - state.offset) / 1000)}</small></div>`)}</div>
    ${cs.errcode > 0 && html`<p class="sh-code">errcode ${cs.errcode}</p>`}
    <div class="sh-foot"><button class="bt" onClick=${close}>${W.close()}</button></div></div>`;
}

const Opens = ({ sheet }) => html`<div><${Head} title=${W.opens(W[sheet.what]())} how=${W.shownOnly()} /><p class="sh-code">${sheet.text}</p><div class="sh-foot"><button class="bt" onClick=${close}>${W.close()}</button></div></div>`;

// H5 is the place of the browser that the phone has.
const H5 = ({ sheet }) => html`<div class="sh-web"><header class="ph-nav"><button aria-label=${W.close()} onClick=${close}>${icon("bad", 22)}</button><h2 id="sh-title">${host(sheet.url)}</h2>
  ${sheet.src ? html`<a class="sh-out" href=${web(sheet.src)} target="_blank" rel="noopener noreferrer" aria-label=${W.openWindow()} title=${W.openWindow()}>${icon("open", 18)}</a>` : html`<span />`}</header>
  ${sheet.src ? html`<iframe src=${web(sheet.src)} title=${sheet.url} />` : html`<p class="sh-how">${W.h5Soon(sheet.error)}</p><p class="sh-code">${sheet.url}</p>`}</div>`;

const web = (src) => (/^http:\/\//.test(src) ? src : "about:blank");
const host = (url) => { try { return new URL(url).host; } catch { return url; } };

const bodies = { scan: Scan, place: PlaceSheet, picture: PictureSheet, voice: Voice, link: Link, user: User, profile: Profile, windows: Windows, opens: Opens, h5: H5 };
