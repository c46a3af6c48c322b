// Calls WeChat by one of the ways that Node programs have, and prints what came:
// node calls.cjs core|fetch|axios|request https|http
const scheme = process.argv[3]
const url = scheme + '://api.weixin.qq.com/cgi-bin/token'
const ways = {
  core: () => new Promise((resolve, reject) => {
    require(scheme).get(url, (res) => {
      let body = ''
      res.on('data', (d) => { body += d }).on('end', () => resolve(body))
    }).on('error', reject)
  }),
  fetch: async () => (await fetch(url)).text(),
  axios: async () => JSON.stringify((await require('axios').get(url)).data),
  request: () => new Promise((resolve, reject) => require('request')(url, (err, _, body) => err ? reject(err) : resolve(body)))
}
ways[process.argv[2]]().then(console.log, (err) => { console.error(err); process.exit(1) })
