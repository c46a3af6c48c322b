// Keys: one letter each, none while something is typed.
import {html, people, Pure, rowOf, set, shown, state, W} from "./html.js";
import {choose, select} from "./wire.js";
import {move} from "./list.js";
import {duplicate, edit, keepScenario, resend} from "./detail.js";
import {copy} from "./bytes.js";
import {type} from "./bar.js";

const pushed = f => () => {
	const row = rowOf(state.sel);
	if (row?.kind === "push") f(row);
};

export function theme() {
	const dark = state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
	const next = dark ? "light" : "dark";
	set({theme: next});
	localStorage.setItem("wxdev.theme", next);
	document.documentElement.dataset.theme = next;
}

function overlay() {
	set({overlay: !state.overlay});
	document.documentElement.classList.toggle("no-ov", !state.overlay);
}

function toBytes() {
	const b = document.getElementById("bytes");
	set({tab: "why"});
	b?.scrollIntoView({block: "start"});
	b?.focus({preventScroll: true});
}

const keys = {
	j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Enter: toBytes,
	r: pushed(resend), e: pushed(edit), d: pushed(duplicate), s: pushed(keepScenario),
	c: pushed(() => {set({bytes: "curl"}); toBytes();}), y: copy,
	"/": () => {set({tab: "list"}); setTimeout(() => document.getElementById("search")?.focus(), 30);},
	i: type, m: () => set({bar: state.bar === "menu" ? "text" : "menu", tab: "phone"}), n: () => set({sheet: {kind: "user"}, tab: "phone"}),
	o: overlay, t: theme, g: () => {const first = shown()[0]; if (first) select(first.key);},
	"?": () => set({help: !state.help}),
	Escape: () => set(state.help ? {help: false} : state.sheet ? {sheet: null} : state.edit ? {edit: null} : state.fresh ? {fresh: 0} : {toast: ""}),
};

const typing = el => el?.closest?.("input, textarea, select, [contenteditable]");

export function listen() {
	document.addEventListener("keydown", e => {
		if (e.isComposing || e.keyCode === 229 || e.ctrlKey || e.metaKey || e.altKey) return;
		if (typing(e.target)) {
			if (e.key === "Escape") e.target.blur();
			return;
		}
		if (/^[1-9]$/.test(e.key)) {
			const u = people()[e.key - 1];
			if (u) choose(u.openid || u.name);
			return;
		}
		const onButton = e.target.closest?.("button, a, [role=tab]");
		if (e.key === "Enter" && onButton) return;
		if (document.querySelector("dialog.sh") && e.key !== "Escape") return;
		if (!Object.hasOwn(keys, e.key)) return;
		e.preventDefault();
		keys[e.key]();
	});
}

const named = () => [["j k", W.k_move], ["Enter", W.k_bytes], ["r", W.resend], ["e", W.edit], ["d", W.duplicate], ["/", W.k_search], ["i", W.toKeys], ["n", W.addUser], ["o", W.k_overlay], ["?", W.all]];
const more = () => [["s", W.scenario], ["c", "curl"], ["y", W.k_raw], ["1…9", W.k_user], ["m", W.toMenu], ["t", W.theme], ["g", W.k_newest], ["Esc", W.k_esc]];

const one = ([k, words]) => html`<span class=kb-one>${k.split(" ").map(x => html`<kbd>${x}</kbd>`)}${words}<//>`;

export class KeyLine extends Pure {
	render({hint}) {
		return html`<footer class=kb>${hint ? html`<code class=kb-hint>${hint}<//>` : named().map(one)}<//>`;
	}
}

export const Help = () => html`<div class=kb-back onClick=${() => set({help: false})}><div class=kb-help role=dialog tabindex=-1 ref=${e => e?.focus()} aria-modal=true aria-label=${W.keys}><h2>${W.keys}</h2><div>${[...named(), ...more()].map(one)}<//><p>${W.noCurl}</p><//><//>`;
