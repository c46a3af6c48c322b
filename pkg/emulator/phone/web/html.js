// What every module draws with: no build, no import map.
import {h, Component, Fragment, render, createRef} from "./vendor/preact.mjs";
import htm from "./vendor/htm.mjs";

export const html = htm.bind(h);
export * from "./store.js";
export * from "./icons.js";
export * from "./words.js";
export * from "./calls.js";
export {Component, Fragment, render, createRef};

// Pure draws only when a prop is another one: state is never changed in place.
export class Pure extends Component {
	shouldComponentUpdate(props, state) {
		if (state !== this.state) return true;
		for (const k in props) if (props[k] !== this.props[k]) return true;
		for (const k in this.props) if (!(k in props)) return true;
		return false;
	}
}

// renders counts what is drawn, for tests that hold how much a key costs.
export const renders = {};
export const count = name => {renders[name] = (renders[name] || 0) + 1;};

// said names what has no words on it.
export const said = words => ({"aria-label": words, title: words});

// Ticks draws again as time passes.
export class Ticks extends Component {
	componentDidMount() {this.timer = setInterval(() => this.setState({}), this.every || 100);}
	componentWillUnmount() {clearInterval(this.timer);}
}
