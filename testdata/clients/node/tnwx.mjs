// npm @tnwx/wxmp: promises, axios 0.19. Its hosts are fixed, but the HTTP client can be replaced.
import accesstoken from '@tnwx/accesstoken';
import kits from '@tnwx/kits';
import wxmp from '@tnwx/wxmp';
import { alice, appid, assert, authorised, local, menu, sameMenu, secret, templateID } from './setup.mjs';

class Local extends kits.AxiosHttpKit {
  httpGet = (url, options) => super.httpGet(local(url), options);
  httpPost = (url, data, options) => super.httpPost(local(url), data, options);
}
kits.HttpKit.setHttpDelegate = new Local();
accesstoken.ApiConfigKit.putApiConfig(new accesstoken.ApiConfig(appid, secret, 'wxdevtoken'));
accesstoken.ApiConfigKit.setCurrentAppId(appid);

// answered demands an errcode: the SDK hands errors out as answers.
async function answered(promise, code = 0) {
  const answer = await promise;
  assert.equal(answer.errcode ?? 0, code, JSON.stringify(answer));
  return answer;
}

// token
assert.ok((await accesstoken.AccessTokenApi.getAccessToken()).getAccessToken.length >= 136);

// menu
await answered(wxmp.MenuApi.create(JSON.stringify(menu)));
sameMenu(await answered(wxmp.MenuApi.get()));
await answered(wxmp.MenuApi.getCurrentSelfMenu());
const added = await answered(wxmp.MenuApi.addConditional(JSON.stringify({ ...menu, matchrule: { client_platform_type: '2' } })));
await answered(wxmp.MenuApi.tryMatch(alice));
await answered(wxmp.MenuApi.deleteConditional(added.menuid));
await answered(wxmp.MenuApi.delete());
await answered(wxmp.MenuApi.get(), 46003);

// users and tags
assert.equal((await answered(wxmp.UserApi.getUserInfo(alice))).subscribe, 1);
assert.deepEqual((await answered(wxmp.UserApi.getFollowers())).data.openid, [alice]);
await answered(wxmp.UserApi.updateRemark(alice, '老客户'));
const { tag } = await answered(wxmp.TagApi.create('会员'));
await answered(wxmp.TagApi.batchAddTag(tag.id, [alice]));
assert.deepEqual((await answered(wxmp.TagApi.getUserTag(alice))).tagid_list, [tag.id]);
await answered(wxmp.TagApi.batchDelTag(tag.id, [alice]));
await answered(wxmp.TagApi.delete(tag.id));

// messages
await answered(wxmp.CustomServiceApi.sendText(alice, '你好'));
await answered(wxmp.CustomServiceApi.sendText('nobody', '你好'), 40003);
await answered(wxmp.TemplateApi.send(JSON.stringify({ touser: alice, template_id: templateID, data: { first: { value: '订单' } } })));
assert.equal((await answered(wxmp.TemplateApi.getAllTemplate())).template_list.length, 1);

// QR codes, addresses
assert.ok((await answered(wxmp.QrcodeApi.createTemporaryByStr(600, 'door'))).ticket);
assert.deepEqual((await answered(wxmp.CallbackApi.getCallbackIp())).ip_list, ['127.0.0.1']);

// web authorisation
const page = wxmp.SnsAccessTokenApi.getAuthorizeUrl('https://example.com/back', 'snsapi_userinfo', 's');
const token = await answered(wxmp.SnsAccessTokenApi.getSnsAccessToken(await authorised(page)));
assert.equal((await answered(wxmp.SnsAccessTokenApi.getUserInfo(token.access_token, alice, 'zh_CN'))).nickname, '爱丽丝');
