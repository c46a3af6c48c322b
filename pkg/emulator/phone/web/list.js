// The list of what went over the wire: pushes and calls, the newest first.
import {bad, cause, count, createRef, html, icon, label, mark, Pure, set, shown, state, time, took, W} from "./html.js";
import {select} from "./wire.js";
import {Seconds} from "./chat.js";
import {keep} from "./hash.js";

const drawn = 200;

export class List extends Pure {
	box = createRef();
	componentDidUpdate(before) {
		if (before.sel !== this.props.sel) this.box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({block: "nearest"});
	}
	render({rows, all, sel, query, filter, fresh}) {
		count("list");
		const problems = all.reduce((n, r) => n + (bad(r) ? 1 : 0), 0);
		const chip = (name, words, n) => html`<button class=li-chip aria-pressed=${filter === name} onClick=${() => {set({filter: name}); keep();}}>${words}${n > 0 && html`<b>${n}</b>`}<//>`;
		return html`<section class=lz aria-label=${W.zoneList}>
			<div class=li-top><label class=li-search>${icon("search", 16)}<input id=search type=search placeholder=${W.search} aria-label=${W.search} value=${query} spellcheck="false"
				onInput=${e => {set({query: e.target.value}); keep();}} onKeyDown=${e => this.key(e)} /><kbd>/</kbd><//>
			<div class=li-chips role=group>${chip("all", W.all)}${chip("push", W.messages)}${chip("api", W.api)}${chip("bad", W.problems, problems)}<//><//>
			${fresh > 0 && html`<button class="ov ov-info li-fresh" onClick=${() => rows[0] && select(rows[0].key)}>${W.fresh(fresh)} <kbd>g</kbd><//>`}
			<div class=li-rows ref=${this.box} role=listbox tabindex=0 aria-label=${W.list} aria-activedescendant=${sel ? "row-" + sel : undefined}>
				${rows.slice(0, drawn).map(r => html`<${Row} key=${r.key} r=${r} on=${r.key === sel} lang=${this.props.lang} />`)}
				${rows.length > drawn && html`<p class=li-none>${W.older(rows.length - drawn)}</p>`}
				${rows.length === 0 && html`<p class=li-none>${all.length ? W.noMatch : W.empty}</p>`}
			<//><//>`;
	}
	key(e) {
		if (e.key === "Escape") {
			e.stopPropagation();
			if (e.target.value) {set({query: ""}); keep();} else e.target.blur();
		} else if (e.key === "Enter" && !e.isComposing) {
			e.target.blur();
			const first = shown()[0];
			if (first) select(first.key);
		}
	}
}

class Row extends Pure {
	render({r, on}) {
		count("row");
		const waits = r.kind === "push" && r.state === "waiting";
		const found = cause(r);
		const kind = waits ? "wait" : bad(r) ? "bad" : r.kind === "push" && r.seen !== "reply" ? "none" : "ok";
		const name = r.kind === "push" ? label(r.label) : r.path;
		const tag = !waits && (r.kind === "push" ? found && found.severity === "error" && found.id : r.errcode ? String(r.errcode) : "");
		return html`<div class=${"li-row" + (on ? " li-on" : "")} id=${"row-" + r.key} role=option aria-selected=${on} onClick=${() => {select(r.key); if (innerWidth <= 760) set({tab: "why"});}}>
			${mark(kind)}<span class=li-name>${name}<//>${tag ? html`<b class=tag>${tag}</b>` : html`<i />`}
			<span class=li-sub><span>${r.kind === "push" ? W.server : W.fromAPI}<//>${waits ? html`<span>${W.waiting}<//><${Seconds} since=${r.at} />` : html`<span>${status(r)}<//><span class=num>${took(r.ms || 0)}<//>`}<//>
			<time class=num>${time(r.at)}</time><//>`;
	}
}

const status = r => r.state === "canceled" ? W.canceled : r.status || W.noAnswer;

export function move(by) {
	const rows = shown();
	const i = rows.findIndex(r => r.key === state.sel);
	const next = rows[i < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, i + by))];
	if (next) select(next.key);
}
