// The server of a mini program: pushes in JSON, answered by customer-service
// messages with a token that it gets itself. Its Token is wxdevtoken.
const crypto = require('crypto')
const express = require('express')
const axios = require('axios')

const app = express()
const token = { value: '', until: 0 }

async function accessToken () {
  if (Date.now() < token.until) return token.value
  const { data } = await axios.get('https://api.weixin.qq.com/cgi-bin/token', {
    params: { grant_type: 'client_credential', appid: 'wx0123456789abcdef', secret: '0123456789abcdef0123456789abcdef' }
  })
  token.value = data.access_token
  token.until = Date.now() + (data.expires_in - 300) * 1000
  return token.value
}

app.use('/push', (req, res, next) => {
  const { signature, timestamp, nonce } = req.query
  const sum = crypto.createHash('sha1').update(['wxdevtoken', timestamp, nonce].sort().join('')).digest('hex')
  if (sum !== signature) return res.status(403).end()
  next()
})
app.get('/push', (req, res) => res.type('text').send(String(req.query.echostr)))
app.post('/push', express.json(), (req, res) => {
  res.type('text').send('success')
  if (req.body.MsgType !== 'text') return
  accessToken()
    .then((t) => axios.post('https://api.weixin.qq.com/cgi-bin/message/custom/send?access_token=' + t, {
      touser: req.body.FromUserName, msgtype: 'text', text: { content: 'got it: ' + req.body.Content }
    }))
    .catch((err) => console.error(err.message))
})
app.listen(process.env.PORT, '127.0.0.1')
