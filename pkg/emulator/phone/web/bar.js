// The bar below the chat: the input, the menu of the account, the tiles.
import { html, Component, Pure, createRef, count } from "./html.js";
import { me, set, state } from "./store.js";
import { icon } from "./icons.js";
import { W } from "./words.js";
import { act, openH5 } from "./acts.js";
import { curl } from "./calls.js";
import { face, someFaces } from "./text.js";

// Bar shows the menu first where there is one, as the client does.
export class Bar extends Pure {
  render({ menu, bar, user }) {
    count("bar");
    const buttons = menu?.buttons || [];
    if (user.unsubscribed) {
      return html`<div class="br br-off"><button class="br-follow" data-curl=${curl("act", { user: user.name || user.openid, action: "follow" })} onClick=${() => act("follow")}>关注公众号</button></div>`;
    }
    if (buttons.length && bar === "menu") return html`<${Menu} buttons=${buttons} />`;
    return html`<${Input} hasMenu=${buttons.length > 0} user=${user} />`;
  }
}

// Input keeps what is typed to itself.
class Input extends Component {
  box = createRef();
  state = { full: false, panel: "" };
  shouldComponentUpdate(props, state) { return state !== this.state || props.hasMenu !== this.props.hasMenu || props.user.openid !== this.props.user.openid; }
  send() {
    const value = this.box.current.value;
    if (!value.trim()) return;
    this.box.current.value = "";
    this.setState({ full: false, panel: "" });
    this.grow();
    act("text", { value });
  }
  grow() {
    const b = this.box.current;
    b.style.height = "40px";
    if (b.scrollHeight > 44) b.style.height = Math.min(b.scrollHeight, 106) + "px";
  }
  key(e) {
    if (e.isComposing || e.keyCode === 229) return; // Enter picks a candidate
    if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      this.send();
    } else if (e.key === "Escape") {
      e.stopPropagation();
      if (this.state.panel) this.setState({ panel: "" });
      else this.box.current.blur();
    }
  }
  typed() {
    this.grow();
    if (state.bar !== "text") set({ bar: "text" }); // a menu that comes now takes nothing away
    const full = this.box.current.value.trim() !== "";
    if (full !== this.state.full) this.setState({ full });
  }
  panel(panel) { this.setState({ panel: this.state.panel === panel ? "" : panel }); }
  render({ hasMenu, user }, { full, panel }) {
    count("input");
    return html`<div class="br-all"><div class="br">
      ${hasMenu && html`<button class="br-ic" aria-label=${W.toMenu()} title=${W.toMenu() + " m"} onClick=${() => set({ bar: "menu" })}>${icon("menu", 26)}</button>`}
      <button class="br-ic" aria-label=${W.voice()} title=${W.voice()} onClick=${() => set({ sheet: { kind: "voice" } })}>${icon("voice", 26)}</button>
      <textarea ref=${this.box} rows="1" class="br-input" id="say" aria-label=${W.type()} data-curl=${curl("act", { user: user.name || user.openid, action: "text" }, { value: "…" })}
        onInput=${() => this.typed()} onKeyDown=${(e) => this.key(e)}></textarea>
      <button class="br-ic" aria-label=${W.emoji()} aria-expanded=${panel === "faces"} onClick=${() => this.panel("faces")}>${icon("smile", 28)}</button>
      ${full ? html`<button class="br-send" onClick=${() => this.send()}>发送</button>`
        : html`<button class="br-ic" aria-label=${W.more()} aria-expanded=${panel === "tiles"} onClick=${() => this.panel("tiles")}>${icon("circle", 28)}</button>`}
    </div>
    ${panel === "tiles" && html`<${Tiles} user=${user} done=${() => this.setState({ panel: "" })} />`}
    ${panel === "faces" && html`<div class="br-faces" role="group" aria-label=${W.emoji()}>${someFaces.map((f) => html`<button title=${"[" + f + "]"} onClick=${() => { this.box.current.value += "[" + f + "]"; this.typed(); }}>${face(f)}</button>`)}</div>`}
    </div>`;
  }
}

function Tiles({ user, done }) {
  const sheet = (kind) => () => { done(); set({ sheet: { kind } }); };
  const leave = () => { done(); act("unfollow"); };
  const tiles = [
    ["image", W.picture(), sheet("picture"), "image"], ["camera", W.camera(), sheet("picture"), "image"], ["voice", W.voice(), sheet("voice"), "voice"], ["pin", W.place(), sheet("place"), "location"],
    ["scan", W.scan(), sheet("scan"), "scan"], ["link", W.link(), sheet("link"), "link"], ["video", W.video(), () => { done(); act("video"); }, "video"], ["leave", W.unfollow(), leave, "unfollow"],
  ];
  return html`<div class="br-tiles">${tiles.map(([i, words, f, action]) => html`<button data-tile=${action} data-curl=${curl("act", { user: user.name || user.openid, action })} onClick=${f}><i>${icon(i, 26)}</i>${words}</button>`)}</div>`;
}

class Menu extends Component {
  state = { open: "" };
  componentDidMount() {
    this.away = (e) => { if (!e.target.closest?.(".br-menu")) this.setState({ open: "" }); };
    document.addEventListener("click", this.away);
  }
  componentWillUnmount() { document.removeEventListener("click", this.away); }
  render({ buttons }, { open }) {
    return html`<div class="br br-menu" role="group" aria-label=${W.toMenu()} onKeyDown=${(e) => { if (e.key === "Escape" && open) { e.stopPropagation(); this.setState({ open: "" }); } }}>
      <button class="br-ic br-keys" aria-label=${W.toKeys()} title=${W.toKeys() + " i"} onClick=${() => type()}>${icon("keys", 28)}</button>
      ${buttons.map((b) => html`<div class="br-slot">
        <button class="br-top" aria-expanded=${b.sub?.length ? open === b.at : undefined} data-at=${b.at} data-curl=${b.sub?.length ? undefined : tapCurl(b)} title=${b.type}
          onClick=${() => (b.sub?.length ? this.setState({ open: open === b.at ? "" : b.at }) : (this.setState({ open: "" }), tap(b)))}>${b.sub?.length > 0 && icon("sub", 13)}<span>${b.name}</span></button>
        ${open === b.at && html`<div class="br-sub">${b.sub.map((s) => html`<button data-at=${s.at} data-curl=${tapCurl(s)} onClick=${() => { this.setState({ open: "" }); tap(s); }}>${s.name}<small class="ov-note">${s.type}</small></button>`)}</div>`}
      </div>`)}
    </div>`;
  }
}

const tapCurl = (b) => curl("act", { user: me().name || me().openid, action: "tap" }, { value: b.at });

// type turns to the keyboard.
export function type() {
  set({ bar: "text", tab: "phone" });
  setTimeout(() => document.getElementById("say")?.focus(), 30);
}

// tap does what a button of the menu does: some open a sheet first, whose choice
// is what the event tells.
async function tap(b) {
  const sheets = { scancode_push: "scan", scancode_waitmsg: "scan", location_select: "place", pic_sysphoto: "picture", pic_photo_or_album: "picture", pic_weixin: "picture" };
  if (sheets[b.type]) {
    set({ sheet: { kind: sheets[b.type], button: b } });
    return;
  }
  const out = await act("tap", { value: b.at });
  if (!out) return;
  if (b.type === "view") openH5(b.url);
  else if (b.type === "miniprogram") set({ sheet: { kind: "opens", what: "miniprogram", text: b.appid + " " + (b.pagepath || "") } });
  else if (b.media_id) set({ sheet: { kind: "opens", what: "material", text: b.media_id } });
  else if (b.article_id) set({ sheet: { kind: "opens", what: "article", text: b.article_id } });
}
