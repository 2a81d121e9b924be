import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import express from 'express';
import { type EventStream, openStream, type StreamOptions } from '../../src/server/sse.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('server-sent events');

interface Streaming {
  readonly server: Server;
  readonly stream: EventStream;
  readonly client: Socket;
  readonly ended: () => boolean;
}

/** A stream whose client is a bare socket, which reads or does not. */
const withStream = async (
  options: Partial<StreamOptions>,
  body: (streaming: Streaming) => Promise<void>,
): Promise<void> => {
  const closing = new AbortController();
  let stream: EventStream | null = null;
  let ended = false;
  const app = express().get('/', (_request, response) => {
    stream = openStream(response, { closing: closing.signal, ...options });
    stream.onEnd(() => (ended = true));
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  try {
    const opened = await eventually(() => stream);
    await body({ server, stream: opened, client, ended: () => ended });
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
};

const KILOBYTE = 'x'.repeat(1024);

test('a reader that falls thousands of changes behind is cut off, and costs no more', async () => {
  await withStream({}, async ({ stream, client, ended }) => {
    client.pause();
    stream.live();
    for (let index = 0; index < 20_000 && !ended(); index += 1) {
      stream.send('MODIFIED', KILOBYTE, index);
      if (index % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(ended);
  });
});

test('a reader that reads nothing for too long is cut off', async () => {
  await withStream({ maxStallMs: 50 }, async ({ stream, client, ended }) => {
    client.pause();
    for (let index = 0; index < 10_000; index += 1) stream.send('ADDED', KILOBYTE, index);
    await eventually(ended);
  });
});

test('a long list reaches a reader that reads, however long it is', async () => {
  await withStream({ maxStallMs: 5000 }, async ({ stream, client, ended }) => {
    let last = '';
    client.on('data', (data) => (last = (last + String(data)).slice(-200)));
    for (let index = 0; index < 10_000; index += 1) stream.send('ADDED', KILOBYTE, index);
    stream.live();
    stream.send('BOOKMARK', 'all', 10_001);
    await eventually(() => last.includes('event: BOOKMARK\nid: 10001\ndata: "all"'));
    assert.not(ended());
  });
});

test('a quiet stream says something from time to time, so that no proxy cuts it', async () => {
  await withStream({ keepAliveMs: 5 }, async ({ client }) => {
    let told = '';
    client.on('data', (data) => (told += String(data)));
    await eventually(() => told.split('\n').filter((line) => line === ':').length >= 3);
  });
});

test('who asked for bookmarks gets those in place of comments', async () => {
  let quiet: (() => boolean) | null = null;
  await withStream({ keepAliveMs: 5, onQuiet: () => quiet?.() ?? false }, async ({ stream, client }) => {
    let told = '';
    client.on('data', (data) => (told += String(data)));
    quiet = () => {
      stream.send('BOOKMARK', {}, 7);
      return true;
    };
    await eventually(() => told.includes('event: BOOKMARK\nid: 7\n'));
  });
});

test.run();
