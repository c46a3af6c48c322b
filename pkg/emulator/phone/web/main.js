// The page: a phone, what went over the wire, and why.
import {account, html, icon, render, rowOf, set, shown, state, subscribe, W, zero} from "./html.js";
import {follow, reload, speak, title} from "./wire.js";
import {Clock, Phone} from "./phone.js";
import {List} from "./list.js";
import {Detail} from "./detail.js";
import {Help, KeyLine, listen, theme} from "./keys.js";
import {keep, read} from "./hash.js";

function Top({s}) {
	const a = account(s);
	const led = s.conn === "lost" ? "bad" : s.conn === "ok" ? "ok" : "";
	return html`<header class=tp><span class=tp-logo><i></i>wxdev<//>
		${s.accounts.length > 1 ? html`<select class=tp-pill aria-label=${W.accountOf} value=${s.appid} onChange=${e => {set({appid: e.target.value, sel: "", detail: null, user: "alice", check: null}); reload();}}>${s.accounts.map(x => html`<option value=${x.appid}>${x.name}<//>`)}<//>`
			: html`<span class=tp-pill><span>${a?.name || ""}<//>${a && a.name !== a.appid && html`<span class="mono tp-id">${a.appid}<//>`}<//>`}
		<span class="tp-pill tp-url"><i class=${"led led-" + led}></i><span class=mono>${a?.url || W.noURL}<//><//>
		${a && html`<span class="tp-pill tp-mode">${W[a.mode] || a.mode}${a.format === "json" ? " · JSON" : ""}<//>`}
		<span class=tp-gap><//>
		<span class="tp-pill tp-clock num" title=${W.clock}>${icon("clock", 15)}<${Clock} seconds=${true} /><//>
		<button class=tp-pill aria-label=${W.theme} title=${W.theme + " t"} onClick=${theme}>${icon("theme", 17)}<//>
		<button class=tp-pill title=${W.otherTitle} aria-label=${W.otherTitle} onClick=${() => {speak(s.lang === "zh" ? "en" : "zh"); localStorage.setItem("wxdev.lang", state.lang);}}>${W.other}<//><//>`;
}

function Tabs({s}) {
	const bad = s.rows.some(r => r.findings?.some(f => f.severity === "error"));
	const tab = (name, i, words, dot) => html`<button aria-pressed=${s.tab === name} onClick=${() => set({tab: name})}>${icon(i, 20)}<span>${words}<//>${dot && html`<i class=tb-dot></i>`}<//>`;
	return html`<nav class=tb>${tab("phone", "phone", W.phone)}${tab("list", "list", W.list, bad)}${tab("why", "search", W.why)}</nav>`;
}

function Page({s}) {
	const row = s.sel ? rowOf(s.sel, s) : null;
	return html`<div class=${"pg pg-" + s.tab}><${Top} s=${s} />
		${s.conn === "lost" && html`<div class=pg-lost role=alert>${W.lost}<//>`}
		<main class=pg-main><${Phone} s=${s} />
			<div class=pg-side><${List} rows=${shown(s)} all=${s.rows} sel=${s.sel} query=${s.query} filter=${s.filter} fresh=${s.fresh} lang=${s.lang} />
			<${Detail} row=${row} detail=${s.detail} edit=${s.edit} rows=${s.rows} bytes=${s.bytes} attempt=${s.attempt} sums=${s.sums} text=${s.text} lang=${s.lang} check=${s.check} zero=${zero(s)} /><//><//>
		<${KeyLine} hint=${s.hint} lang=${s.lang} /><${Tabs} s=${s} />
		${s.toast && html`<div class=pg-toast role=status>${s.toast}<//>`}${s.help && html`<${Help} />`}<//>`;
}

function hints() {
	const show = e => {
		const hint = e.target.closest?.("[data-curl]")?.dataset.curl || "";
		if (hint !== state.hint) set({hint});
	};
	for (const type of ["mouseover", "focusin"]) document.addEventListener(type, show);
	document.addEventListener("focusout", () => state.hint && set({hint: ""}));
}

const stored = key => {try {return localStorage.getItem(key);} catch {return null;}};

function start() {
	const root = document.documentElement;
	const lang = stored("wxdev.lang") || (/^zh\b/i.test(navigator.language) ? "zh" : "en");
	const chosen = stored("wxdev.theme");
	if (chosen) root.dataset.theme = chosen;
	set({lang, theme: chosen || ""});
	root.lang = lang === "zh" ? "zh-CN" : "en";
	read();
	const page = document.body.appendChild(document.createElement("div"));
	page.id = "page";
	subscribe(s => {
		render(html`<${Page} s=${s} />`, page);
		document.title = title();
		if (s.boot) keep();
	});
	listen();
	hints();
	follow();
	// Who comes back to an exchange reads; who comes to an empty page types.
	if (!state.sel && !matchMedia("(max-width: 760px)").matches) setTimeout(() => document.getElementById("say")?.focus(), 300);
}

start();
