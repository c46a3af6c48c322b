// Runs before a page's own scripts in the phone of wxdev: the page is to take
// itself for one in WeChat, and its own address, where it has it in its scripts,
// for the phone's.
(() => {
  'use strict';
  const settings = __SETTINGS__;
  const here = new URL(settings.here);
  const site = new URL(settings.site);
  const thisMachine = ['localhost', '127.0.0.1', '[::1]'];
  const usual = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443' };
  const portOf = (u) => u.port || usual[u.protocol];

  // phoneAddress is what an address means here, or null where it means what it says.
  function phoneAddress(given) {
    let u;
    try {
      u = new URL(given, document.baseURI);
    } catch {
      return null;
    }
    const local = thisMachine.includes(u.hostname);
    const own = local && settings.ports.includes(portOf(u));
    if ((u.hostname === 'open.weixin.qq.com' || own) && /^\/connect\/oauth2\/authorize\/?$/.test(u.pathname)) {
      return here.origin + settings.own + 'connect/oauth2/authorize' + u.search + u.hash;
    }
    const same = portOf(u) === settings.port && (u.hostname === site.hostname || (settings.same && local));
    if (!same || !usual[u.protocol]) return null;
    u.protocol = u.protocol.startsWith('ws') ? 'ws:' : 'http:';
    u.host = here.host;
    return u.href;
  }
  const mapped = (given) => phoneAddress(given) || given;

  const get = (object, name, value) => Object.defineProperty(object, name, { get: () => value, configurable: true });
  get(Navigator.prototype, 'userAgent', settings.agent);
  get(Navigator.prototype, 'appVersion', settings.agent.replace(/^Mozilla\//, ''));
  get(Navigator.prototype, 'userAgentData', undefined);
  get(Navigator.prototype, 'platform', 'Linux armv8l');

  const fetchOf = window.fetch;
  window.fetch = function (what, options) {
    if (what instanceof Request) {
      const to = phoneAddress(what.url);
      return fetchOf.call(this, to ? new Request(to, what) : what, options);
    }
    return fetchOf.call(this, mapped(String(what)), options);
  };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    return open.call(this, method, mapped(String(url)), ...rest);
  };
  for (const name of ['WebSocket', 'EventSource']) {
    const Of = window[name];
    if (Of) window[name] = new Proxy(Of, { construct: (target, [url, ...rest], as) => Reflect.construct(target, [mapped(String(url)), ...rest], as) });
  }
  const openWindow = window.open;
  window.open = function (url, ...rest) {
    return openWindow.call(this, url ? mapped(String(url)) : url, ...rest);
  };
  // A cookie of a page in a frame is kept only if it says so.
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(Document.prototype, 'cookie', {
    configurable: true,
    enumerable: true,
    get: cookie.get,
    set(text) {
      const kept = String(text).split(';').filter((p, i) => i === 0 || !/^\s*(domain|secure|samesite|partitioned)\b/i.test(p));
      cookie.set.call(this, kept.join(';') + settings.cookie);
    },
  });

  // Where a page sends its user by itself.
  if (window.navigation) {
    navigation.addEventListener('navigate', (e) => {
      const to = e.destination.url !== location.href && phoneAddress(e.destination.url);
      if (!to || !e.cancelable || e.formData) return;
      e.preventDefault();
      setTimeout(() => location.assign(to), 0);
    });
  }
  for (const kind of ['click', 'submit']) {
    window.addEventListener(kind, (e) => {
      const one = e.target instanceof Element ? e.target.closest(kind === 'click' ? 'a[href]' : 'form') : null;
      if (!one) return;
      const name = kind === 'click' ? 'href' : 'action';
      const to = one.hasAttribute(name) && phoneAddress(one.getAttribute(name));
      if (to) one.setAttribute(name, to);
    }, true);
  }

  // The phone shows the page's title above it.
  if (settings.phone && window.parent !== window) {
    let last = '';
    const tell = () => {
      const url = location.href.startsWith(here.origin) ? site.origin + location.href.slice(here.origin.length) : location.href;
      const now = JSON.stringify([document.title, url]);
      if (now === last) return;
      last = now;
      window.parent.postMessage({ wxdev: 'h5', title: document.title, url }, settings.phone);
    };
    document.addEventListener('DOMContentLoaded', () => {
      tell();
      new MutationObserver(tell).observe(document.head || document.documentElement, { subtree: true, childList: true, characterData: true });
    });
    window.addEventListener('load', tell);
    window.addEventListener('popstate', tell);
  }
})();
