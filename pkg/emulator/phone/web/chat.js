// The lines of the chat, and what wxdev adds under them.
import { html, Pure, createRef, Component, count } from "./html.js";
import { cause, set, state } from "./store.js";
import { icon, ring } from "./icons.js";
import { kind, took, time, W } from "./words.js";
import { act } from "./acts.js";
import { select } from "./wire.js";
import { Card } from "./cards.js";

const kept = 200; // lines that are drawn
const silence = 5 * 60e3;

export class Chat extends Pure {
  box = createRef();
  inner = createRef();
  state = { all: false };
  stick = true;
  componentDidMount() {
    this.bottom();
    this.watch = new ResizeObserver(() => this.stick && this.bottom());
    for (const b of [this.box, this.inner]) this.watch.observe(b.current);
  }
  componentWillUnmount() { this.watch.disconnect(); }
  componentDidUpdate(before) {
    if (before.user !== this.props.user) this.stick = true;
    if (before.sel !== this.props.sel && !this.newest()) return this.reveal();
    if (this.stick || this.newest() && before.sel !== this.props.sel) this.bottom();
  }
  newest() { return this.props.items.at(-1)?.push === Number(this.props.sel.slice(1)); }
  bottom() {
    this.stick = true;
    const b = this.box.current;
    this.height = b.scrollHeight;
    b.scrollTop = b.scrollHeight;
  }
  // scrolled keeps to the end who was there, but when it is the lines that grew.
  scrolled() {
    const b = this.box.current;
    if (b.scrollHeight === this.height) this.stick = b.scrollHeight - b.scrollTop - b.clientHeight < 40;
    this.height = b.scrollHeight;
  }
  reveal() { this.box.current.querySelector(".ln-sel")?.scrollIntoView({ block: "nearest" }); }
  render({ items, sel, rows, user, zero }) {
    count("chat");
    const from = this.state.all ? 0 : Math.max(0, items.length - kept);
    const by = new Map(rows.map((r) => [r.key, r]));
    const lines = items.slice(from).map((item, i, list) => {
      const before = i ? list[i - 1] : items[from - 1];
      const gap = !before || Date.parse(item.time) - Date.parse(before.time) > silence;
      const key = keyOf(item);
      return html`<${Line} key=${item.id} item=${item} row=${by.get(key)} on=${!!sel && key === sel} gap=${gap} user=${user} />`;
    });
    return html`<div class="ch" ref=${this.box} role="log" aria-live="polite" aria-label=${W.messages()} tabindex="-1"
      onScroll=${() => this.scrolled()}><div class="ch-in" ref=${this.inner}>
      ${from > 0 && html`<button class="ov ch-older" onClick=${() => this.setState({ all: true })}>${W.older(from)}</button>`}
      ${lines.length ? lines : zero && html`<${Zero} />`}
    </div></div>`;
  }
}

const keyOf = (item) => (item.push ? "p" + item.push : item.entry > 0 ? "e" + item.entry : "");

function Zero() {
  return html`<div class="ch-zero">
    <b>${W.noMessages()}</b><p>${W.begin()}</p>
    <div><button class="pl" data-do="follow" onClick=${() => act("follow")}>${W.follow()}</button>
    <button class="pl" data-do="hello" onClick=${() => act("text", { value: "你好" })}>你好</button></div>
  </div>`;
}

class Line extends Pure {
  render({ item, row, on, gap, user }) {
    count("line");
    const at = gap && html`<div class="ln-time">${time(item.time, false)}</div>`;
    const pick = () => keyOf(item) && select(keyOf(item));
    if (item.from === "wechat") return html`${at}<${Fault} item=${item} row=${row} on=${on} pick=${pick} />`;
    const own = item.from === "user";
    if (own && item.via !== "message") return html`${at}<${Notice} item=${item} row=${row} on=${on} pick=${pick} />`;
    const shown = item.shown || { type: item.type, text: item.text };
    const wide = !own && (shown.type === "news" || shown.type === "mpnews" || item.via === "template" || item.via === "subscribe");
    return html`${at}<div class=${"ln " + (own ? "ln-own" : "ln-their") + (wide ? " ln-wide" : "") + (on ? " ln-sel" : "")} data-line=${item.id}>
      ${!wide && html`<${Face} own=${own} user=${user} />`}
      <div class="ln-body"><div class="ln-what" onClick=${pick}><${Card} shown=${shown} own=${own} item=${item} /></div>
        ${own ? html`<${Pill} item=${item} row=${row} pick=${pick} />` : html`<${Origin} item=${item} pick=${pick} />`}</div>
    </div>`;
  }
}

// Face is an avatar: initials on the hue of the OpenID; pictures of users are
// somebody else's.
export function Face({ own, user, size = "" }) {
  if (!own) return html`<span class=${"fc fc-acct " + size} aria-hidden="true">${user.account?.slice(0, 1)}</span>`;
  const [initials, hue] = (user.avatar || "?,0").split(",");
  return html`<span class=${"fc " + size} style=${{ "--hue": hue }} aria-hidden="true">${initials}</span>`;
}

// Pill says what became of a line of the user's.
export class Pill extends Pure {
  render({ item, row, pick }) {
    const key = item.push ? "p" + item.push : "";
    if (!key || !item.state) return null;
    if (item.state === "waiting") {
      return html`<button class="ov ov-info ln-pill" onClick=${pick}>${ring()}<b>${row?.attempt || 1}/${row?.of || 3}</b><${Seconds} since=${row?.since} /></button>`;
    }
    const tries = row?.attempt > 1;
    const found = row && cause(row);
    const fault = item.state === "fault";
    return html`<button class=${"ov ln-pill " + (fault ? "ov-bad" : "ov-ok")} onClick=${pick}>
      ${icon(fault ? "bad" : item.state === "nothing" ? "none" : "ok", 12)}
      ${tries ? html`<b>${row.attempt}/${row.of}</b>` : fault && found && html`<b>${found.id}</b>`}
      <span>${took(row?.ms || item.ms || 0)}</span></button>`;
  }
}

// Seconds counts what passes, by itself.
export class Seconds extends Component {
  componentDidMount() { this.timer = setInterval(() => this.setState({}), 100); }
  componentWillUnmount() { clearInterval(this.timer); }
  render({ since }) {
    const s = since ? Math.max(0, Date.now() + state.offset - since) / 1000 : 0;
    return html`<span class="num">${s.toFixed(1)} s</span>`;
  }
}

function Origin({ item, pick }) {
  if (item.via === "reply") return null;
  const late = item.via === "custom" && item.late_ms > 0 && item.answers;
  return html`<button class=${"ov ln-origin" + (late ? " ov-info" : "")} onClick=${pick}>${(W["via_" + item.via] || (() => item.via))()}${late ? " · " + W.late(took(item.late_ms)) : ""}</button>`;
}

// Fault is the grey line of the client's, in its exact words, and under it why.
function Fault({ item, row, on, pick }) {
  const found = row && cause(row);
  if (item.via !== "fault") return html`<div class="ln-mid"><button class="ov ov-info" onClick=${pick}>${W.ev_opened(item.text)}</button></div>`;
  return html`<div class=${"ln-mid" + (on ? " ln-sel" : "")} data-line=${item.id}>
    <div class="ln-fault" onClick=${pick}>${item.text}</div>
    ${found && html`<button class="ov ov-bad ln-why" onClick=${() => { pick(); set({ tab: "why" }); }}><b>${found.id}</b><span>${found.title}</span>${icon("next", 12)}</button>`}
  </div>`;
}

// Notice is an event that nobody sees on a phone.
function Notice({ item, row, on, pick }) {
  return html`<div class=${"ln-mid" + (on ? " ln-sel" : "")} data-line=${item.id}>
    <button class="ov ov-info ln-notice" onClick=${pick}>${eventText(item)}</button>
    <${Pill} item=${item} row=${row} pick=${pick} />
  </div>`;
}

function eventText(item) {
  const key = item.text || "";
  if (item.type === "subscribe" && key.startsWith("qrscene_")) return W.ev_scan_follow(key.slice(8));
  const words = W["ev_" + item.type];
  if (words) return words(key);
  return key ? W.ev_other(kind(item.type), key) : kind(item.type);
}
