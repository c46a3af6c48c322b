// Asks for this page's config, spoils it if it is told to, and hands it to wx.
(() => {
  'use strict';
  const settings = __SETTINGS__;
  const here = () => location.href.split('#')[0];

  async function sign(url) {
    const response = await fetch('sign?url=' + encodeURIComponent(url));
    const config = await response.json();
    if (!response.ok) throw new Error(config.error);
    return config;
  }

  const cases = {
    right: () => sign(here()),
    async nonce() {
      const { nonceStr, ...rest } = await sign(here());
      return { ...rest, noncestr: nonceStr };
    },
    async upper() {
      const config = await sign(here());
      return { ...config, signature: config.signature.toUpperCase() };
    },
    entities() {
      history.replaceState(null, '', '?a=1&b=2');
      return sign(here().replaceAll('&', '&amp;'));
    },
    route() {
      const entry = here();
      history.pushState(null, '', '?page=' + Date.now());
      return sign(entry);
    },
    async missing() {
      const { timestamp, ...rest } = await sign(here());
      return rest;
    },
  };

  const shown = document.getElementById('config');
  async function run(name) {
    try {
      const config = await cases[name]();
      shown.textContent = 'wx.config(' + JSON.stringify({ ...config, jsApiList: ['scanQRCode'] }, null, 2) + ')';
      wx.config({ ...config, jsApiList: ['scanQRCode'] });
    } catch (err) {
      shown.textContent = err.message;
    }
  }

  for (const [name, label] of settings.cases) {
    const button = document.createElement('button');
    button.type = 'button';
    button.id = 'case-' + name;
    button.textContent = label;
    button.addEventListener('click', () => run(name));
    document.getElementById('cases').append(button);
  }
  run('right');
})();
