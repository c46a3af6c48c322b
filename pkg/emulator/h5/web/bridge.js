// WeixinJSBridge, which WeChat's browser has: the copies of jweixin that bundlers
// put into an app call it, and so do pages that pay. What the stand-in does not
// see is judged and answered the same way.
(() => {
  'use strict';
  const own = '__OWN__';
  // What the script calls by another name than the page does.
  const names = {
    'menu:share:timeline': 'onMenuShareTimeline', 'menu:share:appmessage': 'onMenuShareAppMessage', 'menu:share:qq': 'onMenuShareQQ',
    'menu:share:weiboApp': 'onMenuShareWeibo', 'menu:share:QZone': 'onMenuShareQZone', imagePreview: 'previewImage', geoLocation: 'getLocation',
    openProductViewWithPid: 'openProductSpecificView', batchAddCard: 'addCard', batchViewCard: 'openCard', getBrandWCPayRequest: 'chooseWXPay',
    startMonitoringBeacons: 'startSearchBeacons', stopMonitoringBeacons: 'stopSearchBeacons', onBeaconsInRange: 'onSearchBeacons', editAddress: 'openAddress',
  };
  const shares = { sendAppMessage: 'onMenuShareAppMessage', shareTimeline: 'onMenuShareTimeline', shareQQ: 'onMenuShareQQ', shareWeiboApp: 'onMenuShareWeibo', shareQZone: 'onMenuShareQZone' };
  const entry = (performance.getEntriesByType('navigation')[0] || {}).name || location.href;
  let permitted = null; // the functions of a config that is right

  async function post(path, body) {
    const response = await fetch(own + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }

  async function verify(a) {
    const config = { appId: a.verifyAppId, timestamp: a.verifyTimestamp, nonceStr: a.verifyNonceStr, signature: a.verifySignature, jsApiList: (a.verifyJsApiList || []).map((n) => names[n] || n) };
    const answer = await post('check', { config, url: location.href, entry });
    permitted = answer.ok ? config.jsApiList : null;
    return { err_msg: answer.ok ? 'preVerifyJSAPI:ok' : answer.err_msg.replace(/^config/, 'preVerifyJSAPI') };
  }

  async function run(name, given) {
    const args = Object.fromEntries(Object.entries(given).filter(([key]) => !/^(appId|verify\w+)$/.test(key)));
    if (shares[name]) {
      post('call', { call: shares[name], args: { ...args, imgUrl: args.img_url }, url: location.href, refused: '' });
      return new Promise(() => {}); // nobody shares it yet
    }
    const api = names[name] || name;
    if (name === 'getNetworkType' && !(permitted && permitted.includes(name))) return { err_msg: name + ':ok', subtype: 'wifi' }; // the script asks for itself
    const pays = api === 'chooseWXPay'; // needs no config
    const refused = pays || (permitted && permitted.includes(api)) ? '' : permitted ? 'permission denied' : 'fail, the permission value is offline verifying';
    const said = pays ? 'get_brand_wcpay_request' : name;
    const answer = await post('call', { call: api, args, url: location.href, refused });
    if (refused) return { err_msg: said + ':' + refused };
    return { ...answer, err_msg: answer.errMsg.replace(/^\w+/, said) };
  }

  window.WeixinJSBridge = {
    invoke(name, args, done) {
      const reply = (res) => done && done(res);
      (name === 'preVerifyJSAPI' ? verify(args || {}) : run(name, args || {})).then(reply, (err) => reply({ err_msg: name + ':fail, wxdev: ' + err.message }));
    },
    call(name, args) {
      this.invoke(name, args);
    },
    // What is shared a page says when it is asked to; here it is asked at once.
    on(name, share) {
      if (name.startsWith('menu:share:')) setTimeout(() => share({}), 0);
    },
  };
  document.addEventListener('DOMContentLoaded', () => document.dispatchEvent(new Event('WeixinJSBridgeReady')));
})();
