// A development server as bundlers have: modules by absolute and relative
// addresses, a WebSocket for changes, and a stream of events.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const port = process.env.PORT;
const origin = `http://localhost:${port}`;
const files = {
  '/': ['text/html', `<!doctype html><html><head><script type="module" src="/@client"></script><link rel="icon" href="data:,"></head><body><script type="module" src="${origin}/src/main.js"></script></body></html>`],
  '/@client': ['text/javascript', `
export const changes = new Promise((done) => { new WebSocket('ws://localhost:${port}/', 'hmr').onmessage = (e) => done(e.data); });`],
  '/src/main.js': ['text/javascript', `
import { changes } from '/@client';
import { name } from './name.js';
const { late } = await import('${origin}/src/late.js');
const event = await new Promise((done) => { new EventSource('${origin}/events').onmessage = (e) => done(e.data); });
parent.postMessage({ said: [name, late, await changes, event].join(' ') }, '*');`],
  '/src/name.js': ['text/javascript', `export const name = 'app';`],
  '/src/late.js': ['text/javascript', `export const late = 'late';`],
};

const server = createServer((request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: event\n\n');
    return;
  }
  const file = files[request.url];
  response.writeHead(file ? 200 : 404, { 'Content-Type': file ? file[0] : 'text/plain', 'X-Frame-Options': 'SAMEORIGIN' });
  response.end(file ? file[1] : '');
});
server.on('upgrade', (request, socket) => {
  if (request.headers.origin !== origin && request.headers.origin !== origin.replace('localhost', '127.0.0.1')) { // as Vite does
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: hmr\r\n\r\n`);
  socket.write(Buffer.concat([Buffer.from([0x81, 7]), Buffer.from('changed')]));
});
server.listen(port, '127.0.0.1');
