// The bytes: what went each way, with the wrong ones marked and what should stand
// there below. Offsets are bytes, so it is bytes that are cut, and then read.
import {Component, count, html, Pure, set, state, W, curl} from "./html.js";
import {bytesURL, say, text as fetchText} from "./acts.js";

const utf8 = new TextDecoder("utf-8", {ignoreBOM: true});
const longest = 2000;
const none = new Uint8Array();

export const bytesOf = b => (b?.b64 ? Uint8Array.from(atob(b.b64), c => c.charCodeAt(0)) : none);

function head(b) {
	for (let i = 0; i + 3 < b.length; i++) if (b[i] === 13 && b[i + 1] === 10 && b[i + 2] === 13 && b[i + 3] === 10) return i + 4;
	return b.length;
}

// blocks are what a tab shows: of each the bytes, and the marks in them. The raw
// one is what the copy key takes: what really was on the wire.
export function blocks(row, d, tab, n) {
	if (row.kind !== "push") {
		const enc = new TextEncoder();
		return tab === "sent" ? [{bytes: enc.encode(row.body || row.query || "")}] : [{bytes: enc.encode(row.response || "")}];
	}
	if (!d) return [];
	const last = d.attempts.length;
	const a = d.attempts[(n || last) - 1];
	const both = p => (p?.and ? [p, {in: p.in, ...p.and}] : p ? [p] : []);
	const places = (d.findings || []).flatMap(f => both(f.place).map(p => ({...p, id: f.id, severity: f.severity})));
	const current = !n || n === last;
	const inside = (...parts) => (current ? places.filter(p => parts.includes(p.in)) : []);
	const sent = bytesOf(a?.sent), got = bytesOf(a?.received);
	const gone = a?.sent?.gone || a?.received?.gone || d.plain?.gone;
	if (tab === "sent") {
		const body = sent.subarray(head(sent));
		const plain = bytesOf(d.plain);
		const same = d.mode === "plain";
		return [{bytes: same ? body : plain, raw: same, size: d.plain?.size, cut: d.plain?.cut, gone, which: "sent"}, ...(same ? [] : [{title: "POST", bytes: body, raw: true, gone}])];
	}
	if (tab === "http") {
		const shift = p => (p.in === "body" ? {...p, offset: p.offset + (d.body?.offset ?? head(got))} : p);
		return [{title: W.request, bytes: sent, raw: true, size: a?.sent?.size, cut: a?.sent?.cut, gone, which: "sent"},
			{title: W.response, bytes: got, marks: inside("received", "body").map(shift), size: a?.received?.size, cut: a?.received?.cut, gone, which: "received"}];
	}
	const at = current && d.body ? d.body.offset : head(got);
	const body = current && d.body ? got.subarray(at, at + d.body.length) : got.subarray(at);
	const crypt = current && d.reply_encrypt && d.reply_plain;
	if (crypt) return [{title: W.decrypted, bytes: bytesOf(d.reply_plain), marks: inside("reply_plain"), gone, size: d.reply_plain.size}, {title: "HTTP", bytes: body, raw: true, marks: inside("body"), gone}];
	return [{bytes: body, raw: true, marks: inside("reply_plain", "body"), gone, cut: a?.received?.cut, size: d.body?.length, which: "received"}];
}

// lines cuts bytes at the line breaks, and each line at its marks.
export function lines(bytes, marks = []) {
	const out = [];
	const sorted = marks.filter(m => m.offset >= 0 && m.offset <= bytes.length).sort((a, b) => a.offset - b.offset);
	for (let from = 0; from <= bytes.length;) {
		let to = bytes.indexOf(10, from);
		if (to < 0) to = bytes.length;
		const parts = [], notes = [];
		let at = from;
		for (const m of sorted) {
			const start = Math.max(m.offset, at), end = Math.min(m.offset + m.length, to);
			const here = m.offset >= from && m.offset <= to;
			if (!here && (end <= start || start > to || m.offset + m.length <= from)) continue;
			if (here && (m.expected || m.remove || !m.length)) notes.push(m);
			if (start < at || start > to) continue;
			if (start > at) parts.push({text: utf8.decode(bytes.subarray(at, start))});
			parts.push({text: utf8.decode(bytes.subarray(start, Math.max(start, end))), mark: m});
			at = Math.max(start, end);
		}
		if (at < to || !parts.length) parts.push({text: utf8.decode(bytes.subarray(at, to))});
		out.push({parts, notes});
		from = to + 1;
	}
	if (out.length > 1 && bytes.at(-1) === 10) out.pop();
	return out;
}

export class Bytes extends Pure {
	render({row, d, tab, attempt, text}) {
		count("bytes");
		const push = row.kind === "push";
		const tabs = push ? [["reply", W.reply], ["sent", W.sent], ["http", W.http], ["curl", W.curl]] : [["reply", W.response], ["sent", W.request]];
		const now = tabs.some(([k]) => k === tab) || tab === "scenario" && push ? tab : "reply";
		const texts = now === "curl" || now === "scenario";
		const list = texts ? [] : blocks(row, d, now, attempt);
		const size = list.reduce((n, b) => n + (b.size ?? b.bytes.length), 0);
		return html`<section class="de-part by" id=bytes tabindex=-1><header class=by-top><h4>${W.raw}</h4>
			<div class=by-tabs role=tablist>${tabs.map(([k, words]) => html`<button role=tab data-tab=${k} aria-selected=${k === now} data-curl=${k === "curl" ? curl("curl", {id: row.id}) : undefined} onClick=${() => set({bytes: k})}>${words}<//>`)}<//>
			${!texts && html`<span class="num by-size">${W.bytesN(size)}<//>`}<button class="lk by-copy" title=y onClick=${copy}>${W.copy}<//><//>
			${texts ? html`<${Told} row=${row} kind=${now} text=${text} />` : !d && push ? html`<p class=by-none>${W.loading}</p>` : list.map((b, i) => html`<${Block} key=${row.key + now + i} b=${b} row=${row} attempt=${attempt || row.attempt} />`)}<//>`;
	}
}

class Block extends Component {
	render({b, row, attempt}) {
		const title = b.title && html`<h5>${b.title}</h5>`;
		if (b.gone) return html`${title}<p class=by-none>${W.gone}</p>`;
		if (!b.bytes.length && !b.marks?.length) return html`${title}<p class=by-none>${row.kind !== "push" ? W.noBody : row.state === "waiting" ? W.noBytesYet : row.status ? W.noBody : W.noBytes}</p>`;
		const all = lines(b.bytes, b.marks);
		return html`${title}<div class=by-box tabindex=0 role=region aria-label=${b.title || W.raw}><ol class=by-lines>${all.slice(0, 2000).map((l, i) => html`<${Row} key=${i} l=${l} n=${i + 1} />`)}</ol>
			${b.cut && html`<p class=by-cut>${W.cut(b.bytes.length, b.size)}</p>`}${b.which && b.cut && html`<a class=lk href=${bytesURL(b.which, row.id, attempt)} download="">${W.download}</a>`}<//>`;
	}
}

class Row extends Component {
	render({l, n}, {whole}) {
		let room = whole ? Infinity : longest;
		const length = l.parts.reduce((s, p) => s + p.text.length, 0);
		const parts = l.parts.map(p => {
			const text = p.mark ? p.text : p.text.slice(0, Math.max(0, room));
			room -= text.length;
			if (!p.mark) return text;
			return p.text ? html`<mark class=${p.mark.severity === "error" ? "" : "mk-warn"} title=${p.mark.id}>${p.text}</mark>` : html`<mark class=mk-gap title=${p.mark.id} aria-label=${p.mark.id}></mark>`;
		});
		const bad = l.parts.some(p => p.mark);
		return html`<li class=${bad ? "by-bad" : ""}><i class=by-n>${n}</i><span class=by-text>${parts}${length > longest && !whole && html`<button class=lk onClick=${() => this.setState({whole: true})}>… ${W.long(length)}${W.fold}<//>`}<//>
			${l.notes.map(m => html`<span class=by-note>↳ ${m.expected ? W.should(m.expected) : m.remove ? W.remove : m.id}<//>`)}</li>`;
	}
}

class Told extends Component {
	componentDidMount() {this.look();}
	componentDidUpdate() {this.look();}
	look() {
		const {kind, row, text} = this.props;
		if (text[kind + row.id] === undefined && this.asked !== kind + row.id) {
			this.asked = kind + row.id;
			fetchText(kind, row.id);
		}
	}
	render({kind, row, text}) {
		const t = text[kind + row.id];
		const file = kind === "scenario" && t && html`<p class=by-say>${W.savedFile} <code>wxdev test push-${row.id}.toml<//> <button class=lk onClick=${() => saveFile("push-" + row.id + ".toml", t)}>${W.save}<//></p>`;
		return html`${file}<div class=by-box><pre class=by-pre>${t ?? W.loading}</pre><//>`;
	}
}

function saveFile(name, t) {
	const a = document.createElement("a");
	a.href = URL.createObjectURL(new Blob([t], {type: "text/plain"}));
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

export async function copy() {
	const row = state.rows.find(r => r.key === state.sel);
	if (!row) return;
	const tab = state.bytes;
	let t = state.text[tab + row.id];
	if (tab !== "curl" && tab !== "scenario") {
		const list = blocks(row, state.detail?.data, tab, state.attempt);
		t = utf8.decode((list.find(b => b.raw) || list[0])?.bytes || none);
	}
	try {
		await navigator.clipboard.writeText(t || "");
		say(W.copied);
	} catch (err) {
		say(err.message);
	}
}
