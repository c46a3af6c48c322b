// What the scripts of this folder share. They get the emulator's address and
// account in the environment, and exit with 1 when something is not as it
// should be. alice follows the account and has written to it.
import assert from 'node:assert/strict';

export const base = process.env.WXDEV_API_BASE;
export const appid = process.env.WXDEV_APPID;
export const secret = process.env.WXDEV_SECRET;
export const alice = process.env.ALICE;
export const files = process.env.FILES; // a folder with a.png
export const templateID = 'ORDER';

export const menu = {
  button: [
    { type: 'click', name: '今日歌曲', key: 'V1001' },
    { name: '菜单', sub_button: [{ type: 'view', name: '搜索', url: 'https://example.com/?a=1&b=2' }] },
  ],
};

// sameMenu demands that the live menu is the one that was set: the server
// adds an empty sub_button to every button.
export function sameMenu(live) {
  const plain = (list) => list.map(({ sub_button, ...b }) => (sub_button?.length ? { ...b, sub_button: plain(sub_button) } : b));
  assert.deepEqual(plain(live.menu.button), menu.button);
}

// local is a URL of api.weixin.qq.com at the emulator, for clients that know no other host.
export const local = (url) => url.replace(/^https:\/\/(api|open)\.weixin\.qq\.com/, base);

// authorised is the code that alice's phone brings back from the page of an authorisation.
export async function authorised(page) {
  const answer = await fetch(`${local(page).replace('#wechat_redirect', '')}&wxdev_user=${alice}`, { redirect: 'manual' });
  return new URL(answer.headers.get('location')).searchParams.get('code');
}

// control calls the emulator's control API.
export async function control(method, path, body) {
  const res = await fetch(`${base}/__wxdev/${path}`, { method, body: body && JSON.stringify(body) });
  assert.equal(res.status, 200, `${method} ${path}: ${res.status}`);
  return res.json();
}

// refused demands that a promise fails with an errcode.
export async function refused(promise, code) {
  await assert.rejects(promise, (err) => {
    assert.equal(err.code, code, err.stack);
    assert.match(err.message, /rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
    return true;
  });
}

export { assert };
