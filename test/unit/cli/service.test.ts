import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dlqCommand } from '../../../src/cli/dlq.ts';
import { withTrainingLog } from '../../../src/cli/fetch-log.ts';
import { refreshCommand } from '../../../src/cli/refresh.ts';
import { ask, askJson } from '../../../src/cli/service.ts';
import { readDataset } from '../../../src/dataset/read.ts';
import { folderOf } from '../dataset/files.ts';

/** A service that answers as the test says, and what it was asked. */
let server: Server;
let url: string;
let asked: { method: string; path: string; key: string | undefined; body: string }[];
let answer: (request: { method: string; path: string; body: string }, response: ServerResponse) => void;
beforeEach(async () => {
  asked = [];
  server = createServer((request: IncomingMessage, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const [method, path] = [request.method!, request.url!];
      asked.push({ method, path, key: request.headers.authorization, body });
      answer({ method, path, body }, response);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const json = (response: ServerResponse, body: object, status = 200) =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

describe('a service', () => {
  test('is shown the key, and what it says is passed on', async () => {
    answer = (_, response) => json(response, { error: { code: 'invalid_key', message: 'This key is unknown.' } }, 401);
    await expect(ask({ url, key: 'ew_server_x' }, '/v1/log')).rejects.toThrow(`${url} says invalid_key: This key is unknown.`);
    expect(asked).toMatchObject([{ path: '/v1/log', key: 'Bearer ew_server_x' }]);
    answer = (_, response) => response.writeHead(502).end('bad gateway');
    await expect(ask({ url }, '/v1/log')).rejects.toThrow(`${url} answers with status 502`);
    expect(asked.at(-1)!.key).toBeUndefined();
  });

  test('that is another one is said to be', async () => {
    answer = (_, response) => response.end('<html>');
    await expect(askJson({ url }, '/v1/refresh')).rejects.toThrow(`${url} answers, but not as this service does`);
  });

  test('that is not there is said not to be', async () => {
    await expect(ask({ url: 'http://127.0.0.1:1' }, '/v1/log')).rejects.toThrow('http://127.0.0.1:1 cannot be reached');
  });
});

describe('edgewise dlq', () => {
  const run = async (...argv: readonly string[]) => {
    const printed: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    await dlqCommand().parseAsync(['node', 'dlq', ...argv, '--url', url]);
    return printed.join('');
  };

  test('list says what died, and when', async () => {
    const messages = [
      { kind: 'interactions', interactions: [{ user: 'ann' }, { user: 'ann' }, { user: 'bob' }] },
      { kind: 'erase', user: 'eve' },
      { kind: 'merge', visitor: 'v1', user: 'joe' },
    ];
    const letters = messages.map((message, at) => ({ id: `m${at}`, diedAt: '2026-11-24T12:00:00.000Z', message }));
    answer = (_, response) => json(response, { letters, total: 3 });
    expect(await run('list')).toBe(
      [
        'm0  2026-11-24T12:00:00.000Z  3 interactions of ann, bob',
        'm1  2026-11-24T12:00:00.000Z  erase eve',
        'm2  2026-11-24T12:00:00.000Z  merge v1 into joe',
        '3 dead letters\n',
      ].join('\n'),
    );
  });

  test('replay asks until all that were there are given back, and not for those that die meanwhile', async () => {
    const replays = [{ replayed: 100 }, { replayed: 50 }, { replayed: 7 }];
    answer = ({ method }, response) => json(response, method === 'GET' ? { letters: [], total: 150 } : replays.shift()!);
    expect(await run('replay')).toBe('150 given to the queue again\n');
    expect(replays).toHaveLength(1);
  });

  test('replay of some names them', async () => {
    answer = ({ method }, response) => json(response, method === 'GET' ? { letters: [], total: 9 } : { replayed: 2 });
    expect(await run('replay', 'm1', 'm2', '--json')).toBe('{"replayed":2}\n');
    expect(asked.filter(({ method }) => method === 'POST')).toMatchObject([
      { path: '/v1/dead-letters/replay', body: '{"ids":["m1","m2"]}' },
    ]);
  });
});

describe('the training log', () => {
  const at = '2026-11-24T12:00:00.000Z';
  const line = (fields: object) => `${JSON.stringify({ id: 'e1', user: 'u1', item: 'i1', type: 'view', weight: 1, at, ...fields })}\n`;

  test('comes as a data set, from all its pages, and leaves nothing behind', async () => {
    const pages = [
      Buffer.concat([gzipSync(line({ user: 'v1' })), gzipSync(line({ id: 'e2', item: 'i2' }))]),
      gzipSync(`${JSON.stringify({ type: 'merge', visitor: 'v1', user: 'u1' })}\n${line({ id: 'e2', item: 'i2' })}`),
    ];
    answer = ({ path }, response) => {
      if (path === '/v1/log') response.setHeader('Edgewise-Cursor', 'a b');
      response.end(pages[path === '/v1/log' ? 0 : 1]);
    };
    const items = join(await folderOf(), 'items.ndjson');
    await writeFile(items, '{"id":"i1","title":"One"}\n');
    let gone = '';
    const result = await withTrainingLog({ url }, items, async (folder, report) => {
      gone = folder;
      return { report, dataset: (await readDataset(folder)).dataset };
    });
    expect(asked.map(({ path }) => path)).toEqual(['/v1/log', '/v1/log?cursor=a%20b']);
    expect(result.report).toEqual({ lines: 4, repeated: 1, notFor: 0, visitors: 1 });
    expect(result.dataset).toMatchObject({ name: 'log', users: ['u1'] });
    expect(result.dataset.items.map(({ title }) => title)).toEqual(['One', 'i2']);
    expect(existsSync(gone)).toBe(false);
  });

  test('comes with the catalogue of the service, page by page', async () => {
    const item = {
      id: 'i1',
      title: 'One',
      price: 2,
      categories: ['mugs'],
      tags: ['gift'],
      available: true,
      hidden: false,
      attributes: { size: 3 },
      url: 'https://a.example',
    };
    answer = ({ path }, response) => {
      if (path.startsWith('/v1/log')) response.end(gzipSync(line({ id: 'e1', item: 'i2' })));
      else
        json(
          response,
          path.includes('cursor') ? { items: [{ ...item, id: 'i2', title: 'Two' }], cursor: null } : { items: [item], cursor: 'a b' },
        );
    };
    const { dataset } = await withTrainingLog({ url }, undefined, (folder) => readDataset(folder));
    expect(asked.map(({ path }) => path)).toEqual(['/v1/log', '/v1/items?limit=100', '/v1/items?limit=100&cursor=a%20b']);
    expect(dataset.items).toEqual([
      { id: 'i1', title: 'One', price: 2, categories: ['mugs'], attributes: { size: 3, tags: ['gift'] } },
      { id: 'i2', title: 'Two', price: 2, categories: ['mugs'], attributes: { size: 3, tags: ['gift'] } },
    ]);
  });

  test('of nothing is no data set', async () => {
    answer = ({ path }, response) => (path === '/v1/log' ? response.end() : json(response, { items: [], cursor: null }));
    await expect(withTrainingLog({ url }, undefined, (folder) => readDataset(folder))).rejects.toThrow('holds no interaction');
  });

  test('that breaks off is refused', async () => {
    answer = (_, response) => response.end(gzipSync(line({})).subarray(0, 20));
    await expect(withTrainingLog({ url }, undefined, (folder) => readDataset(folder))).rejects.toThrow('unexpected end of file');
  });
});

describe('edgewise refresh', () => {
  const run = async (...argv: readonly string[]) => {
    const printed: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    await refreshCommand().parseAsync(['node', 'refresh', ...argv, '--url', url]);
    return printed.join('');
  };
  const ending = (...reports: readonly object[]) => {
    let looks = 0;
    answer = ({ method }, response) =>
      method === 'POST'
        ? json(response, { id: 'r1' }, 202)
        : json(response, {
            refreshes: [
              { id: 'r2', outcome: 'running' },
              { id: 'r1', ...reports[looks++] },
            ],
          });
  };

  test('begins one, and waits for no answer unless told to', async () => {
    ending();
    expect(await run()).toContain('refresh r1 has begun');
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/refresh']);
  });

  test('--wait says how it ended', async () => {
    const made = { outcome: 'refreshed', version: 'v2', items: 1234, learned: 5, recall: 0.999, shift: 0.02 };
    ending({ outcome: 'running' }, made);
    expect(await run('--wait')).toBe(
      'live: v2, 1,234 items, 5 of them placed by what users did since training\n' +
        'the scan finds 99.9 % of the nearest items; 2.0 % of what is recommended changed\n',
    );
    expect(asked).toHaveLength(3);
    ending({ outcome: 'unchanged' });
    expect(JSON.parse(await run('--wait', '--json'))).toEqual({ id: 'r1', outcome: 'unchanged' });
  });

  test('--wait fails where it failed, and where nobody knows it', async () => {
    ending({ outcome: 'failed', reason: 'a shard is missing' });
    await expect(run('--wait')).rejects.toThrow('the refresh failed, the live version stays: a shard is missing');
    answer = ({ method }, response) => json(response, method === 'POST' ? { id: 'r1' } : { refreshes: [] });
    await expect(run('--wait')).rejects.toThrow('does not know refresh r1');
  });
});
