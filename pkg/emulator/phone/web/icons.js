// Icons: paths on a grid of 24.
import {h} from "./vendor/preact.mjs";

const paths = {
	ok: "M5 12.5l4.5 4.5L19 7.5", bad: "M6.5 6.5l11 11M17.5 6.5l-11 11", none: "M6 12h12", next: "M9 5l7 7-7 7", back: "M15 4l-8 8 8 8", dots: "M5 12h.01M12 12h.01M19 12h.01",
	search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20", plus: "M12 5v14M5 12h14", resend: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 4v4h-4", edit: "M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3",
	copy: "M9 9h11v11H9zM15 9V4H4v11h5", save: "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6", clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
	theme: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4",
	keys: "M3 6h18v12H3zM6.5 9.5h.01M10 9.5h.01M14 9.5h.01M17.5 9.5h.01M6.5 12.5h.01M10 12.5h.01M14 12.5h.01M17.5 12.5h.01M8 15.5h8", menu: "M4 7h16M4 12h16M4 17h16", sub: "M5 8h14M5 12h14M5 16h14",
	voice: "M7 9.5a3.5 3.5 0 0 1 0 5M10.5 7a7 7 0 0 1 0 10M14 4.5a10.5 10.5 0 0 1 0 15", smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 10h.01M15.5 10h.01M8 14c1 2 2.5 2.8 4 2.8s3-.8 4-2.8", circle: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 8v8M8 12h8",
	image: "M3.5 5h17v14h-17zM3.5 16l5-5 4 4 3-2.5 5 4.5M15.5 9.5h.01", camera: "M3.5 8h4l1.5-2.5h6L16.5 8h4v11h-17zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z", pin: "M12 21s6.5-6.3 6.5-11.2a6.5 6.5 0 0 0-13 0C5.5 14.7 12 21 12 21zM12 12a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
	scan: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M4 12h16", link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1", video: "M3.5 5h17v14h-17zM10 9v6l5-3z", leave: "M14 4H5v16h9M10 12h10M16.5 8.5L20 12l-3.5 3.5",
	phone: "M7 2.5h10v19H7zM10.5 18.5h3", list: "M4 6h16M7 12h10M10 18h4", mini: "M9 15.5a3 3 0 1 1-3-3M15 8.5a3 3 0 1 1 3 3M9 15.5V9a3 3 0 0 1 3-3M15 8.5V15a3 3 0 0 1-3 3", note: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z", play: "M8 5l11 7-11 7z", user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5", open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
};

export const icon = (name, size = 20) => h("svg", {class: "ic ic-" + name, viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true"}, h("path", {d: paths[name]}));

// ring turns once in the five seconds that a delivery may take.
export const ring = (size = 14) => h("svg", {class: "ring", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true"}, h("circle", {cx: 12, cy: 12, r: 9, class: "ring-all"}), h("circle", {cx: 12, cy: 12, r: 9, class: "ring-part"}));

// mark is a state, never by its colour alone.
export const mark = kind => h("span", {class: "mark mark-" + kind}, kind === "wait" ? ring(16) : icon(kind === "warn" ? "none" : kind, 12));
