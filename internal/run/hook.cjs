// Written by `wxdev run`. Node's own clients use no proxy of the environment, so
// connections to WeChat's hosts are led to wxdev here.
'use strict'
const tls = require('tls')
const config = JSON.parse('CONFIG')
const hosts = new Set(config.hosts)
const name = (host) => String(host || '').toLowerCase().replace(/\.$/, '')
const local = (host) => host === '' || !host.includes('.') && !host.includes(':') || /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cde])/.test(host) ||
  /\.(localhost|local|internal|test|lan|home)$/.test(host)

const connect = tls.connect
tls.connect = function (...args) {
  let options = {}
  if (args[0] !== null && typeof args[0] === 'object') options = args[0]
  else if (typeof args[0] === 'number' || /^\d+$/.test(args[0])) {
    options = { port: args[0] }
    if (typeof args[1] === 'string') options.host = args[1]
  }
  for (const more of args.slice(1)) if (more !== null && typeof more === 'object') options = { ...options, ...more }
  const host = name(options.host || options.servername)
  if (options.socket || options.path || !hosts.has(host) && !(config.offline && !local(host))) return connect.apply(this, args)
  const led = { ...options, servername: options.servername || host, host: '127.0.0.1', port: config.port }
  for (const drop of ['lookup', 'family', 'localAddress', 'hints', 'autoSelectFamily']) delete led[drop]
  const callback = args.find((a) => typeof a === 'function')
  return callback ? connect.call(this, led, callback) : connect.call(this, led)
}
require('module').syncBuiltinESMExports()
