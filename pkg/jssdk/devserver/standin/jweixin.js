// A stand-in for WeChat's jweixin script, served by wxdev for work in an
// ordinary browser. It defines wx with the same functions: wx.config asks
// wxdev whether WeChat would accept it on this page, and what is wrong is said
// on the page and in the console. Nothing that a phone does happens here: what a
// function gives back is what wxdev was told to answer, if it was.
//
// Two things look odd and are as in WeChat: wx.ready runs after a config that
// failed as well, behind wx.error; and a function may be called before the
// config is judged, and fails.
(() => {
  'use strict';
  const settings = __SETTINGS__;
  const text = settings.text;
  const script = document.currentScript;
  const server = script ? new URL('.', script.src).href : new URL('.', location.href).href;
  const entry = (performance.getEntriesByType('navigation')[0] || {}).name || location.href;

  let round = 0; // configs so far: a page that routes by itself makes several
  let state = 0; // 1 judged, -1 refused and nobody was told
  let result = null; // {errMsg} of the last config
  let permitted = null; // the functions of a config that is right
  let waiting = []; // what wx.ready was given
  let refused = null; // what wx.error was given

  const later = (f) => setTimeout(f, 0);

  async function ask(given) {
    let response;
    try {
      response = await fetch(server + 'check', {
        method: 'POST',
        credentials: 'omit',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ config: given, url: location.href, entry }),
      });
    } catch {
      throw new Error(text.unreachable.replace('{server}', server).replace('{origin}', location.origin));
    }
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }

  async function config(given) {
    const mine = ++round;
    let answer;
    try {
      answer = await ask(given);
    } catch (err) {
      answer = { ok: false, err_msg: 'config:fail', findings: [{ severity: 'error', title: err.message }] };
    }
    if (mine !== round) return; // the page has moved on
    judged(given, answer);
  }

  function judged(given, answer) {
    permitted = answer.ok && Array.isArray(given.jsApiList) ? given.jsApiList : answer.ok ? [] : null;
    result = { errMsg: answer.err_msg };
    state = 1;
    report(answer);
    show(answer);
    if (!answer.ok && refused) refused(result);
    else if (!answer.ok) state = -1;
    for (const f of waiting.splice(0)) f();
  }

  function finish(options, res) {
    const handler = res.errMsg.endsWith(':ok') ? options.success : res.errMsg.endsWith(':cancel') ? options.cancel : options.fail;
    if (handler) handler(res);
    if (options.complete) options.complete(res);
  }

  // tell tells wxdev of a call, and returns what it answers. What wxdev cannot
  // be asked for is not there.
  async function tell(name, options, refused) {
    let args = '{}';
    try {
      args = JSON.stringify(options);
    } catch {
      // it has a circle in it: then without its options
    }
    const body = '{"call":' + JSON.stringify(name) + ',"url":' + JSON.stringify(location.href) + ',"refused":' + JSON.stringify(refused) + ',"args":' + args + '}';
    try {
      const response = await fetch(server + 'call', { method: 'POST', credentials: 'omit', headers: { 'Content-Type': 'application/json' }, body });
      const answer = await response.json();
      return response.ok ? answer : { errMsg: name + ':fail, wxdev: ' + answer.error };
    } catch {
      return { errMsg: name + ':fail, wxdev: ' + text.notHere };
    }
  }

  // What only tells the client something works here too; what would show
  // something, or come back with something, does only if wxdev is told to answer.
  const quiet = /^(hide|show|update)/;

  async function invoke(name, given) {
    const options = given || {};
    const asks = settings.asks;
    let says = '';
    if (!permitted) says = ':fail, the permission value is offline verifying';
    else if (!permitted.includes(name)) says = ':permission denied';
    const listens = /^on[A-Z]/.test(name); // it waits for what may never come
    let res = { errMsg: name + (says || ':ok') };
    if (says) {
      if (asks) tell(name, options, says.slice(1));
    } else if (asks) {
      res = await tell(name, options, '');
    } else if (!quiet.test(name)) {
      res.errMsg = name + ':fail, wxdev: ' + text.notHere;
    }
    if (listens && !says && !res.happened) return;
    delete res.happened;
    if (!res.errMsg.endsWith(':ok')) console.warn('[wxdev] ' + res.errMsg);
    later(() => finish(options, res));
  }

  const wx = {
    config,
    ready(f) {
      if (state === 0) waiting.push(f);
      else f();
    },
    error(f) {
      if (state === -1) f(result);
      refused = f;
    },
    checkJsApi(options = {}) {
      const checkResult = {};
      for (const name of options.jsApiList || []) checkResult[name] = settings.apis.includes(name);
      later(() => finish(options, { checkResult, errMsg: 'checkJsApi:ok' }));
    },
    // Pages ask it whether they are inside a mini program: they are not.
    miniProgram: { getEnv: (f) => later(() => f({ miniprogram: false })) },
  };
  for (const name of settings.apis) {
    if (!wx[name]) wx[name] = (options) => invoke(name, options);
  }
  window.wx = window.jWeixin = wx;

  // report writes the verdict to the console.
  function report(answer) {
    const level = { error: 'error', warning: 'warn' };
    if (answer.ok) console.info('[wxdev] ' + answer.err_msg);
    else console.error('[wxdev] ' + answer.err_msg);
    for (const f of answer.findings) {
      const lines = ['[wxdev] ' + (f.id ? f.id + ' ' : '') + f.title];
      if (f.evidence) lines.push('  ' + f.evidence);
      if (f.urls) lines.push('  ' + text.signed + ': ' + f.urls.same + f.urls.signed, '  ' + text.page + ': ' + f.urls.same + f.urls.page);
      if (f.fix) lines.push('  ' + text.fix + ': ' + f.fix);
      if (f.doc) lines.push('  ' + text.more + ': ' + f.doc);
      console[level[f.severity] || 'info'](lines.join('\n'));
    }
  }

  // node makes an element. All that is shown is text: it has the page's URL
  // in it.
  function node(tag, style, ...children) {
    const e = document.createElement(tag);
    Object.assign(e.style, style);
    e.append(...children);
    return e;
  }

  function row(label, ...content) {
    return node('div', { display: 'flex', gap: '8px', marginTop: '2px' },
      node('span', { flex: '0 0 64px', color: '#666' }, label), node('span', { overflowWrap: 'anywhere' }, ...content));
  }

  function differing(same, rest, color) {
    const mark = node('mark', { background: color, color: '#000' }, rest || '␣');
    return [same, mark];
  }

  function describe(f) {
    const color = { error: '#c0392b', warning: '#9a6700' }[f.severity] || '#333';
    const box = node('div', { marginTop: '8px' }, node('strong', { color }, (f.id ? f.id + '  ' : '') + f.title));
    if (f.urls) {
      box.append(row(text.signed, ...differing(f.urls.same, f.urls.signed, '#ffc9c4')), row(text.page, ...differing(f.urls.same, f.urls.page, '#b7f0cc')));
    } else if (f.evidence) {
      box.append(row(text.proof, f.evidence));
    }
    if (f.fix) box.append(row(text.fix, f.fix));
    if (f.doc) box.append(row(text.more, node('code', {}, f.doc)));
    return box;
  }

  // show puts the verdict onto the page, unless wxdev shows it beside it: in a tree of its own, so that the
  // page's styles and selectors do not touch it.
  function show(answer) {
    if (settings.beside) return;
    if (!document.body) {
      document.addEventListener('DOMContentLoaded', () => show(answer), { once: true });
      return;
    }
    let host = document.getElementById('wxdev-panel');
    if (host) host.remove();
    host = node('div', {});
    host.id = 'wxdev-panel';
    host.dataset.errmsg = answer.err_msg;
    host.dataset.findings = answer.findings.map((f) => f.id || '').join(' ');
    const close = node('button', { float: 'right', font: 'inherit', border: '0', background: 'none', color: '#333', cursor: 'pointer' }, '✕');
    close.setAttribute('aria-label', text.close);
    close.addEventListener('click', () => host.remove());
    const panel = node('section', {
      position: 'fixed', left: '8px', right: '8px', bottom: '8px', maxHeight: '60vh', overflow: 'auto', zIndex: '2147483647',
      boxSizing: 'border-box', padding: '10px 12px', font: '14px/1.5 system-ui, sans-serif', textAlign: 'left', color: '#222', background: '#fff',
      border: '1px solid #999', borderLeft: '6px solid ' + (!answer.ok ? '#c0392b' : answer.registrable ? '#07c160' : '#d99000'), borderRadius: '4px', boxShadow: '0 2px 12px rgba(0,0,0,.25)',
    }, close, node('strong', {}, answer.err_msg), node('div', {}, !answer.ok ? text.wrong : answer.registrable ? text.right : text.elsewhere), ...answer.findings.map(describe));
    panel.setAttribute('role', answer.ok ? 'status' : 'alert');
    if (!answer.ok && waiting.length > 0) panel.append(node('div', { marginTop: '8px', color: '#666' }, text.readyToo));
    host.attachShadow({ mode: 'open' }).append(panel);
    document.body.append(host);
  }
})();
