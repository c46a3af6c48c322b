(() => {
  const found = new Set();
  const name = (e) => (e.id ? "#" + e.id : e.tagName.toLowerCase() + (typeof e.className === "string" && e.className ? "." + e.className.trim().split(/\s+/).join(".") : "")) + (e.textContent.trim() ? " “" + e.textContent.trim().slice(0, 24) + "”" : "");
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
  const hidden = (e) => e.closest("[aria-hidden=true]");
  const byIds = (ids) => (ids || "").split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const label = (e) => (e.getAttribute("aria-label") || byIds(e.getAttribute("aria-labelledby")) || [...(e.labels || [])].map((l) => l.textContent).join(" ") || (/^(INPUT|TEXTAREA|SELECT|SECTION|DIALOG|IFRAME)$/.test(e.tagName) || /^(log|listbox|region|group|tablist)$/.test(e.getAttribute("role")) ? "" : e.textContent) || e.getAttribute("alt") || e.getAttribute("title") || "").trim();

  // Names.
  for (const e of document.querySelectorAll("button, a, input, textarea, select, dialog, iframe, main > section, [role=tab], [role=option], [role=listbox], [role=log], [role=dialog], [role=region], [tabindex='0']")) {
    if (seen(e) && !hidden(e) && !label(e)) found.add("no name: " + name(e));
  }
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) found.add("no alt: " + name(e));
  for (const e of document.querySelectorAll("svg")) if (!hidden(e)) found.add("a picture that is read: " + name(e.parentElement));
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) {
    if (ids.has(e.id)) found.add("twice: #" + e.id);
    ids.add(e.id);
  }
  for (const e of document.querySelectorAll("[aria-activedescendant], [aria-labelledby], [aria-controls]")) {
    for (const a of ["aria-activedescendant", "aria-labelledby", "aria-controls"]) if (e.hasAttribute(a) && !document.getElementById(e.getAttribute(a))) found.add(a + " of nothing: " + name(e));
  }
  for (const e of document.querySelectorAll("[aria-hidden=true] button, [aria-hidden=true] a, [aria-hidden=true] input")) found.add("hidden, but in the way of the keys: " + name(e));
  if (!document.querySelector("main") || !/^(zh-CN|en)$/.test(document.documentElement.lang)) found.add("main, or lang");
  // 24 px, or less where nothing else is near: WCAG 2.2, 2.5.8.
  for (const e of document.querySelectorAll("button, input, select, textarea")) {
    const r = e.getBoundingClientRect();
    if (seen(e) && r.height < 20 && e.type !== "checkbox" && e.type !== "file" && getComputedStyle(e).display !== "inline") found.add("small (" + Math.round(r.width) + "×" + Math.round(r.height) + "): " + name(e));
  }

  // Contrast.
  const parse = (s) => {
    const n = (s.match(/[\d.]+(e-?\d+)?/g) || []).map(Number);
    return s.startsWith("color(srgb") ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : s.startsWith("rgb") ? [n[0], n[1], n[2], n[3] ?? 1] : null;
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const s = getComputedStyle(e);
      if (s.backgroundImage !== "none") return null;
      const c = parse(s.backgroundColor);
      if (!c) return null;
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((under, c) => over(c, under), [255, 255, 255, 1]);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !seen(e) || hidden(e) || e.closest("[disabled], option, script, style, noscript") || /^\p{Extended_Pictographic}/u.test(n.data.trim())) continue;
    const s = getComputedStyle(e), bg = behind(e), fg = parse(s.color);
    if (!bg || !fg) continue;
    let a = fg[3];
    for (let p = e; p; p = p.parentElement) a *= Number(getComputedStyle(p).opacity);
    const c = over([...fg.slice(0, 3), a], bg), x = light(c.slice(0, 3)), y = light(bg.slice(0, 3));
    const ratio = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05), size = parseFloat(s.fontSize);
    const large = size >= 24 || size >= 18.66 && Number(s.fontWeight) >= 700;
    if (ratio < (large ? 3 : 4.5) - 0.05) found.add("contrast " + ratio.toFixed(1) + ": " + name(e));
  }

  // Sideways.
  if (document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth) found.add("it scrolls sideways: " + document.documentElement.scrollWidth);
  const scrolls = (e) => { for (; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== "visible") return true; return false; };
  for (const e of document.querySelectorAll("button, input, select, textarea, h1, h2, h3, p, img, .bb, .ov")) {
    const r = e.getBoundingClientRect();
    if (seen(e) && r.width && (r.right > innerWidth + 1 || r.left < -1) && !scrolls(e.parentElement)) found.add("outside (" + Math.round(r.left) + "…" + Math.round(r.right) + "): " + name(e));
  }
  return [...found];
})()
