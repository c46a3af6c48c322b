// A token, and the followers.
const wx = require('wechat-toolkit')
wx.getAccessToken('wx0123456789abcdef', '0123456789abcdef0123456789abcdef', (err, token) => {
  if (err) throw err
  wx.getFans(token, '', (err, fans) => console.log('answered', err || fans.total))
})
