// Stands between the page and a real server: passes everything on but jobs and sockets, which it plays itself, as fast
// as it is told to. For measuring what a flood of events costs the page.

import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { deflateSync } from 'node:zlib';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const PREVIEW_WITH_METADATA = 4;

export interface Flood {
  readonly url: string;
  /** The id of the job that the page submitted last. */
  job(): string;
  event(event: object): void;
  preview(node: string, picture: Buffer): void;
  stop(): void;
}

/** One unmasked frame, as servers send it. */
function frame(data: Buffer, opcode: number): Buffer {
  const { length } = data;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, length])
      : length < 65_536
        ? Buffer.from([0x80 | opcode, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0]), uint(length)]);
  return Buffer.concat([head, data]);
}

function uint(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
}

function shake(message: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1')
    .update(`${message.headers['sec-websocket-key'] ?? ''}${MAGIC}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}

export async function startFlood(target: string): Promise<Flood> {
  const events = new Set<Duplex>();
  const previews = new Set<Duplex>();
  let seq = 1;
  let job = '';
  const say = (to: Iterable<Duplex>, data: Buffer, opcode: number) => {
    for (const socket of to) socket.write(frame(data, opcode));
  };
  const text = (event: object) =>
    Buffer.from(JSON.stringify({ seq, job_id: job, client_id: '', at: Date.now() / 1000, event }));

  const server: Server = createServer((message, answer) => {
    if (message.method === 'POST' && message.url === '/api/v1/jobs') {
      const parts: Buffer[] = [];
      message.on('data', (part: Buffer) => parts.push(part));
      message.on('end', () => {
        const { id } = JSON.parse(Buffer.concat(parts).toString()) as { id: string };
        job = id;
        answer.writeHead(201, { 'Content-Type': 'application/json' });
        answer.end(JSON.stringify(jobView(id)));
      });
      return;
    }
    const passed = request(
      new URL(message.url ?? '/', target),
      { method: message.method, headers: { ...message.headers, host: new URL(target).host, origin: target } },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    message.pipe(passed);
  });
  server.on('upgrade', (message: IncomingMessage, socket: Duplex) => {
    shake(message, socket);
    const all = message.url?.startsWith('/api/v1/events/ws') === true ? events : previews;
    all.add(socket);
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.on('close', () => all.delete(socket));
    if (all === events) say([socket], text({ type: 'hello' }), 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    job: () => job,
    event(event) {
      seq += 1;
      say(events, text(event), 1);
    },
    preview(node, picture) {
      const metadata = Buffer.from(
        JSON.stringify({ prompt_id: job, node_id: node, display_node_id: node, image_type: 'image/png' }),
      );
      const data = [uint(PREVIEW_WITH_METADATA), uint(metadata.length), metadata, picture];
      say(previews, Buffer.concat(data), 2);
    },
    stop() {
      for (const socket of [...events, ...previews]) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

function jobView(id: string): object {
  return {
    ...{ id, state: 'queued', priority: 0, queue_position: 0, client_id: '', name: '', targets: [], url: '' },
    ...{
      created_at: Date.now() / 1000,
      started_at: null,
      finished_at: null,
      seconds: null,
      restarted: false,
    },
    ...{ deaths: 0, error: null, progress: null, outputs: [], nodes: {}, cached: [], record: null },
    ...{ notes: [], node_errors: {} },
  };
}

/** A PNG of noise, which does not compress: `side` squared pixels of three bytes. */
export function noisePng(side: number): Buffer {
  const rows = Array.from({ length: side }, () => Buffer.concat([Buffer.from([0]), randomBytes(side * 3)]));
  const header = Buffer.concat([uint(side), uint(side), Buffer.from([8, 2, 0, 0, 0])]);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  return Buffer.concat([uint(data.length), body, uint(crc(body))]);
}

function crc(data: Buffer): number {
  let value = 0xffffffff;
  for (const byte of data) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
