// What the page says, in both languages. What WeChat's client says is Chinese in
// both: it is drawn as it is.
import {state} from "./store.js";
import phone from "./words-phone.js";
import why from "./words-why.js";

// W has a text by its name, or what makes one where it has holes.
export const W = {};
for (const [, name, zh, en] of (phone + why).matchAll(/(.+)\|(.+)\|(.+)/g)) {
	const now = () => (state.lang === "zh" ? zh : en);
	const fill = (...args) => now().replace(/\{(\d)\}/g, (_, i) => args[i]);
	Object.defineProperty(W, name, {get: zh.includes("{0}") ? () => fill : now});
}

// kind is a type of message in words, or as it is.
export const kind = name => (W["ty_" + name] || name);

// label is that of a push, its type in words: 文本「你好」.
export function label(s) {
	const i = s.indexOf(" 「");
	if (i < 0) return kind(s);
	return kind(s.slice(0, i)) + (state.lang === "zh" ? s.slice(i + 1) : " “" + s.slice(i + 2, -1) + "”");
}

export function took(ms) {
	if (ms >= 1000) return (ms / 1000).toFixed(1) + " s";
	return (ms >= 10 ? Math.round(ms) : Number(ms.toFixed(1))) + " ms";
}

const two = n => String(n).padStart(2, "0");
export function time(at, seconds = true) {
	const d = new Date(at);
	return two(d.getHours()) + ":" + two(d.getMinutes()) + (seconds ? ":" + two(d.getSeconds()) : "");
}

// life is how long something lasts: 47:52, 6 天.
export function life(s) {
	const zh = state.lang === "zh";
	if (s >= 172800) return Math.floor(s / 86400) + (zh ? " 天 " : " d ") + Math.floor(s % 86400 / 3600) + (zh ? " 小时" : " h");
	if (s >= 60) return two(Math.floor(s / 3600)) + ":" + two(Math.floor(s % 3600 / 60));
	return Math.max(0, Math.floor(s)) + " s";
}
