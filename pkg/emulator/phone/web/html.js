// What every module draws with: no build, no import map.
import { h, Component, Fragment, render, createRef } from "./vendor/preact.mjs";
import htm from "./vendor/htm.mjs";

export const html = htm.bind(h);
export { Component, Fragment, render, createRef };

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
export const count = (name) => { renders[name] = (renders[name] || 0) + 1; };
