// A user's code of the web login, which nobody has given out.
const OAuth = require('wechat-oauth')
new OAuth('wx0123456789abcdef', '0123456789abcdef0123456789abcdef').getAccessToken('0123456789', (err) => {
  console.log('answered', err.code)
})
