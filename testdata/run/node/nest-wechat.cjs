// A token.
require('reflect-metadata')
const { WeChatService } = require('nest-wechat')
new WeChatService({ appId: 'wx0123456789abcdef', secret: '0123456789abcdef0123456789abcdef' }).getAccountAccessToken()
  .then((token) => console.log('answered', token.access_token.length > 100))
