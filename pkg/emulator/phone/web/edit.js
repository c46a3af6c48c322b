// Edit and send: the fields of what was pushed, or all of it; wxdev signs and
// encrypts.
import {Component, createRef, html, set, state, W, curl} from "./html.js";
import {again} from "./acts.js";
import {bytesOf} from "./bytes.js";
import {named} from "./phone.js";

const field = /<(\w+)>\s*(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))\s*<\/\1>/g;
const utf8 = new TextDecoder();
const entities = {lt: "<", gt: ">", amp: "&", quot: '"', apos: "'"};

export const plainOf = d => utf8.decode(bytesOf(d?.plain));

// fieldsOf are those at the top of a message, in its order. No parser of the
// browser's: what it makes could run.
export function fieldsOf(text) {
	if (text.trimStart().startsWith("{")) {
		try {
			return Object.entries(JSON.parse(text)).filter(([, v]) => typeof v !== "object").map(([k, v]) => [k, String(v)]);
		} catch {return [];}
	}
	const inner = text.replace(/^\s*<xml[^>]*>/, "").replace(/<(\w+)>\s*<(?!!\[CDATA)[\s\S]*?<\/\1>/g, "");
	return [...inner.matchAll(field)].map(m => [m[1], m[2] ?? m[3].replace(/&(\w+);/g, (all, n) => entities[n] || all)]);
}

const fixed = ["ToUserName", "FromUserName"];
const made = {CreateTime: "atSend", MsgId: "fresh_"};

export class Edit extends Component {
	box = createRef();
	state = {set: {}, same: false, raw: false};
	componentDidMount() {
		this.box.current.scrollIntoView({block: "nearest"});
		this.focus();
	}
	componentDidUpdate(before) {if (!before.d && this.props.d) this.focus();}
	focus() {
		const b = this.box.current;
		(b.querySelector("[name=Content]") || b.querySelector("[name=EventKey]") || b.querySelector("input:not([disabled]):not([type=checkbox]), textarea"))?.focus();
	}
	body() {
		const {set: changed, same, raw, text, mode, user} = this.state;
		const out = {};
		if (raw) out.body = text ?? plainOf(this.props.d);
		else if (Object.keys(changed).length) out.set = changed;
		if (same) out.msgid = "same";
		if (mode) out.mode = mode;
		if (user) out.user = user;
		return out;
	}
	send(e) {
		e?.preventDefault();
		again(this.props.row.id, this.body());
	}
	key(e) {
		if (e.key === "Enter" && (e.metaKey || e.ctrlKey) && !e.isComposing) this.send(e);
		if (e.key !== "Escape") return;
		e.stopPropagation();
		set({edit: null});
		document.querySelector(".dz")?.focus({preventScroll: true});
	}
	render({row, d}, {set: changed, same, raw, text, mode}) {
		const whole = plainOf(d);
		const change = (k, v, was) => {
			const next = {...changed, [k]: v};
			if (v === was) delete next[k];
			this.setState({set: next});
		};
		const input = ([k, v]) => {
			const auto = made[k] && !same;
			return html`<label class=ed-row key=${k}><span class=mono>${k}<//><input name=${k} value=${changed[k] ?? (auto ? "" : v)} placeholder=${auto ? W[made[k]] : ""} spellcheck=false onInput=${e => change(k, e.target.value, auto ? "" : v)} /><//>`;
		};
		return html`<form class=ed ref=${this.box} onSubmit=${e => this.send(e)} onKeyDown=${e => this.key(e)} aria-label=${W.edit}>
			<header><h3>${W.edit}</h3><div class=by-tabs role=tablist><button type=button role=tab aria-selected=${!raw} onClick=${() => this.setState({raw: false})}>${W.fields}<//><button type=button role=tab data-raw aria-selected=${raw} onClick=${() => this.setState({raw: true})}>${W.raw}<//><//>
				<label class=ed-same><input type=checkbox checked=${same} disabled=${raw} onChange=${e => this.setState({same: e.target.checked})} />${W.sameId}<//><//>
			${raw ? html`<textarea class="ed-raw mono" name=raw rows=9 spellcheck=false aria-label=${W.raw} value=${text ?? whole} onInput=${e => this.setState({text: e.target.value})} />`
				: html`<div class=ed-fields>${d ? fieldsOf(whole).filter(([k]) => !fixed.includes(k)).map(input) : W.loading}<//>`}
			<div class=ed-more><label>${W.mode} <select value=${mode || row.mode || d?.mode} onChange=${e => this.setState({mode: e.target.value})}>${["plain", "compat", "safe"].map(m => html`<option value=${m}>${W[m]}<//>`)}<//><//>
				${state.users.length > 1 && html`<label>${W.asUser} <select value=${this.state.user || row.user} onChange=${e => this.setState({user: e.target.value})}>${state.users.map(u => html`<option value=${u.openid}>${named(u)}<//>`)}<//><//>`}
				<span>${W.signed}<//><//>
			<footer><button class="bt bt-go" data-curl=${curl("again", {id: row.id}, this.body())}>${W.send} <kbd>⌘⏎</kbd><//><button type=button class=bt onClick=${() => set({edit: null})}>${W.cancel} <kbd>Esc</kbd><//>
				<code class=ed-curl>${curl("again", {id: row.id}, this.body())}<//><//><//>`;
	}
}
