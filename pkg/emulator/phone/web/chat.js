// The lines of the chat, and what wxdev adds under them.
import {cause, count, createRef, html, icon, kind, Pure, ring, set, state, Ticks, time, took, W} from "./html.js";
import {act} from "./acts.js";
import {select} from "./wire.js";
import {Card} from "./cards.js";

const kept = 200; // lines that are drawn
const silence = 5 * 60e3;

export class Chat extends Pure {
	box = createRef();
	inner = createRef();
	state = {all: false};
	stick = true;
	componentDidMount() {
		this.bottom();
		this.watch = new ResizeObserver(() => this.stick && this.bottom());
		for (const b of [this.box, this.inner]) this.watch.observe(b.current);
	}
	componentWillUnmount() {this.watch.disconnect();}
	componentDidUpdate(before) {
		if (before.user !== this.props.user) this.stick = true;
		if (before.sel !== this.props.sel && !this.newest()) return this.reveal();
		if (this.stick || this.newest() && before.sel !== this.props.sel) this.bottom();
	}
	newest() {return this.props.items.at(-1)?.push === Number(this.props.sel.slice(1));}
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
	reveal() {this.box.current.querySelector(".ln-sel")?.scrollIntoView({block: "nearest"});}
	render({items, sel, rows, user, zero}) {
		count("chat");
		const from = this.state.all ? 0 : Math.max(0, items.length - kept);
		const by = new Map(rows.map(r => [r.key, r]));
		const lines = items.slice(from).map((item, i, list) => {
			const before = i ? list[i - 1] : items[from - 1];
			const gap = !before || Date.parse(item.time) - Date.parse(before.time) > silence;
			const key = keyOf(item);
			return html`<${Line} key=${item.id} item=${item} row=${by.get(key)} on=${!!sel && key === sel} gap=${gap} user=${user} />`;
		});
		return html`<div class=ch ref=${this.box} role=log aria-live=polite aria-label=${W.messages} tabindex="-1"
			onScroll=${() => this.scrolled()}><div class=ch-in ref=${this.inner}>
			${from > 0 && html`<button class="ov ch-older" onClick=${() => this.setState({all: true})}>${W.older(from)}<//>`}
			${lines.length ? lines : zero && html`<${Zero} />`}
		<//><//>`;
	}
}

const keyOf = item => (item.push ? "p" + item.push : item.entry > 0 ? "e" + item.entry : "");

function Zero() {
	return html`<div class=ch-zero>
		<b>${W.noMessages}</b><p>${W.begin}</p>
		<div><button class=pl data-do=follow onClick=${() => act("follow")}>${W.ty_subscribe}<//>
		<button class=pl data-do=hello onClick=${() => act("text", {value: "你好"})}>你好<//><//>
	<//>`;
}

class Line extends Pure {
	render({item, row, on, gap, user}) {
		count("line");
		const at = gap && html`<div class=ln-time>${time(item.time, false)}<//>`;
		const pick = () => keyOf(item) && select(keyOf(item));
		if (item.from === "wechat") return html`${at}<${Fault} item=${item} row=${row} on=${on} pick=${pick} />`;
		const own = item.from === "user";
		if (own && item.via !== "message") return html`${at}<${Notice} item=${item} row=${row} on=${on} pick=${pick} />`;
		const shown = item.shown || {type: item.type, text: item.text};
		const wide = !own && (shown.type === "news" || shown.type === "mpnews" || item.via === "template" || item.via === "subscribe");
		return html`${at}<div class=${"ln " + (own ? "ln-own" : "ln-their") + (wide ? " ln-wide" : "") + (on ? " ln-sel" : "")} data-line=${item.id}>
			${!wide && html`<${Face} own=${own} user=${user} />`}
			<div class=ln-body><div class=ln-what onClick=${pick}><${Card} shown=${shown} own=${own} item=${item} /><//>
				${own ? html`<${Pill} item=${item} row=${row} pick=${pick} />` : html`<${Origin} item=${item} pick=${pick} />`}<//>
		<//>`;
	}
}

// Face is an avatar: initials on the hue of the OpenID; pictures of users are
// somebody else's.
export function Face({own, user, size = ""}) {
	if (!own) return html`<span class=${"fc fc-acct " + size} aria-hidden=true>${user.account?.slice(0, 1)}<//>`;
	const [initials, hue] = (user.avatar || "?,0").split(",");
	return html`<span class=${"fc " + size} style=${{"--hue": hue}} aria-hidden=true>${initials}<//>`;
}

export class Pill extends Pure {
	render({item, row, pick}) {
		const key = item.push ? "p" + item.push : "";
		if (!key || !item.state) return null;
		if (item.state === "waiting") {
			return html`<button class="ov ov-info ln-pill" onClick=${pick}>${ring()}<b>${row?.attempt || 1}/${row?.of || 3}</b><${Seconds} since=${row?.since} /><//>`;
		}
		const tries = row?.attempt > 1;
		const found = row && cause(row);
		const fault = item.state === "fault";
		return html`<button class=${"ov ln-pill " + {fault: "ov-bad", ok: "ov-ok"}[item.state]} onClick=${pick}>
			${icon(fault ? "bad" : item.state === "nothing" ? "none" : "ok", 12)}
			${tries ? html`<b>${row.attempt}/${row.of}</b>` : fault && found && html`<b>${found.id}</b>`}
			<span>${took(row?.ms || item.ms || 0)}<//><//>`;
	}
}

export class Seconds extends Ticks {
	render({since}) {
		const s = since ? Math.max(0, Date.now() + state.offset - since) / 1000 : 0;
		return html`<span class=num>${s.toFixed(1)} s<//>`;
	}
}

function Origin({item, pick}) {
	if (item.via === "reply") return null;
	const late = item.via === "custom" && item.late_ms > 0 && item.answers;
	return html`<button class=${"ov ln-origin" + (late ? " ov-info" : "")} onClick=${pick}>${W["via_" + item.via] || item.via}${late ? " · " + W.late(took(item.late_ms)) : ""}<//>`;
}

// Fault is the grey line of the client's, in its exact words, and under it why.
function Fault({item, row, on, pick}) {
	const found = row && cause(row);
	if (item.via !== "fault") return html`<div class=ln-mid><button class="ov ov-info" onClick=${pick}>${W.ev_opened(item.text)}<//><//>`;
	return html`<div class=${"ln-mid" + (on ? " ln-sel" : "")} data-line=${item.id}>
		<div class=ln-fault onClick=${pick}>${item.text}<//>
		${found && html`<button class="ov ov-bad ln-why" onClick=${() => {pick(); set({tab: "why"});}}><b>${found.id}</b><span>${found.title}<//>${icon("next", 12)}<//>`}
	<//>`;
}

// Notice is an event that nobody sees on a phone.
function Notice({item, row, on, pick}) {
	return html`<div class=${"ln-mid" + (on ? " ln-sel" : "")} data-line=${item.id}>
		<button class="ov ov-info ln-notice" onClick=${pick}>${eventText(item)}<//>
		<${Pill} item=${item} row=${row} pick=${pick} />
		${item.type === "scancode_waitmsg" && item.state === "waiting" && html`<div class=ln-fault title=${W.unsure}>消息接收中<//>`}
	<//>`;
}

function eventText(item) {
	const key = item.text || "";
	if (item.type === "subscribe" && key.startsWith("qrscene_")) return W.ev_scan_follow(key.slice(8));
	const words = W["ev_" + item.type];
	if (words) return words.call ? words(key) : words;
	return key ? W.ev_other(kind(item.type), key) : kind(item.type);
}
