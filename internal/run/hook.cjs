// Written by `wxdev run`. Node's own clients use no proxy of the environment, so
// connections to WeChat's hosts are led to wxdev here, where all of them are
// made: those of net, http, https, http2, tls and fetch.
'use strict'
const { Socket, isIP } = require('net')
const { TLSSocket } = require('tls')
const config = JSON.parse('CONFIG')
const hosts = new Set(config.hosts)
const name = (host) => String(host || '').toLowerCase().replace(/\.$/, '')
// An address may be written as a number, too: 134744072 is 8.8.8.8.
const number = (host) => /^(0x[\da-f]*|\d+)(\.(0x[\da-f]*|\d+))*$/.test(host)
const nearby = /^(0\.|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/
const local = (host) => {
  if (isIP(host) === 4 || isIP(host) === 6) return isIP(host) === 4 ? nearby.test(host) : /^::1?$|^f[cd]|^fe[89ab]/.test(host) || /^::ffff:/.test(host) && isIP(host.slice(7)) === 4 && nearby.test(host.slice(7))
  return host === '' || !number(host) && (!host.includes('.') || /\.(localhost|local|internal|test|lan|home)$/.test(host))
}
// A database elsewhere is no call: only what is encrypted or HTTP is refused, be
// it of http, which sets the first of these, or of fetch, which sets the second.
const call = (socket, options) => socket instanceof TLSSocket || '_agentKey' in options || 'highWaterMark' in options || Number(options.port) === 80

const connect = Socket.prototype.connect
Socket.prototype.connect = function (...args) {
  const given = Array.isArray(args[0]) ? args[0] : args // as net.connect hands it over
  let options = {}
  if (given[0] !== null && typeof given[0] === 'object') options = given[0]
  else if (typeof given[0] === 'number' || /^\d+$/.test(given[0])) options = { port: given[0], host: typeof given[1] === 'string' ? given[1] : '' }
  const host = name(options.host)
  if (options.path || !hosts.has(host) && !(config.offline && !local(host) && call(this, options))) return connect.apply(this, args)
  const led = { ...options, host: '127.0.0.1', port: config.port }
  for (const drop of ['lookup', 'family', 'localAddress', 'hints', 'autoSelectFamily']) delete led[drop]
  const callback = given.find((a) => typeof a === 'function')
  return callback ? connect.call(this, led, callback) : connect.call(this, led)
}
