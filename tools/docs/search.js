// The search box. It compares what was pasted with the words that people know a
// page by; whatever it cannot name so, with the pages' text.
'use strict';
{
  const box = document.getElementById('q'), list = document.getElementById('found');
  const {up, index, none} = box.dataset;
  let pages, asked;

  // plain is a text as it is compared: lower case, words and runs of Chinese
  // parted by one blank. -40001 is another code than 40001.
  const plain = s => (s.normalize('NFKC').toLowerCase().match(/(?<![a-z0-9_-])-\d+(?![a-z0-9_])|[a-z0-9_]+|\p{Script=Han}+/gu) || []).join(' ');

  const has = (text, words) => words !== '' && (/[a-z0-9_]/.test(words) ? ` ${text} `.includes(` ${words} `) || /\p{Script=Han}/u.test(words) && text.includes(words) : text.includes(words));

  // parts are the words of a text, and of Chinese every two characters.
  const parts = text => new Set(text.split(' ').flatMap(w => /\p{Script=Han}/u.test(w) && w.length > 2 ? [...w].slice(1).map((c, i) => w[i] + c) : [w]));

  window.wxdevSearch = all => {
    for (const p of all) {
      p.say = (p.s || []).map(plain);
      p.parts = parts(plain(`${p.t} ${p.x || ''} ${(p.s || []).join(' ')}`));
    }
    pages = all;
    show();
  };

  const score = (p, text, wanted) => {
    let best = 0;
    p.say.forEach((words, i) => {
      if (has(text, words)) best = Math.max(best, 1000 + 10 * words.length - p.r[i]);
      else if (text.length > 1 && has(words, text)) best = Math.max(best, 500 - p.r[i]);
    });
    let shared = 0;
    for (const w of wanted) if (p.parts.has(w)) shared++;
    return best + 100 * shared / wanted.size;
  };

  function show() {
    const text = plain(box.value);
    list.hidden = text === '';
    if (text === '') return;
    if (!pages) {
      if (!asked) {
        asked = document.createElement('script');
        asked.src = index;
        document.head.append(asked);
      }
      return;
    }
    const wanted = parts(text);
    const found = pages.map(p => [score(p, text, wanted), p]).filter(([n]) => n >= 40).sort((a, b) => b[0] - a[0]).slice(0, 8);
    list.replaceChildren(...found.map(([, p]) => {
      const item = document.createElement('li'), link = document.createElement('a');
      link.href = up + p.u;
      link.textContent = p.t;
      item.append(link);
      return item;
    }));
    if (!found.length) list.textContent = none;
  }

  box.addEventListener('input', show);
  box.form.addEventListener('submit', e => {
    const first = list.querySelector('a');
    if (first && !list.hidden) { e.preventDefault(); location.href = first.href; }
  });
  const q = new URLSearchParams(location.search).get('q');
  if (q) { box.value = q; show(); }
}
