import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recommendation, RecommendedItem } from '../../src/domain/recommendation.ts';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

interface Product {
  readonly id: string;
  readonly title: string;
  readonly price: number;
}

/** A stand-in for the Worker: serves web/ and answers the API from a handful of products. */
export async function startServer(): Promise<{ url: string; close(): Promise<void> }> {
  const headers = await assetHeaders();
  const server = createServer((request, response) => {
    answer(request, response, headers).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, headers: Record<string, string>) {
  const url = new URL(request.url ?? '/', 'http://stub');
  if (url.pathname === '/v1/items') return json(response, 200, search(url.searchParams));
  if (url.pathname === '/v1/health') return json(response, 200, { status: 'ok' });
  if (url.pathname === '/v1/recommendations') {
    const { history, limit } = JSON.parse(await text(request)) as { history: string[]; limit: number };
    response.setHeader('server-timing', 'candidates;dur=0.41, score;dur=0.2, rules;dur=0.06, reasons;dur=0.04, total;dur=0.9');
    return json(response, 200, recommend(history, limit));
  }
  if (url.pathname.startsWith('/v1/'))
    return json(response, 404, { error: { code: 'route_not_found', message: 'No such route.', requestId: 'stub' } });

  const path = url.pathname === '/' ? '/index.html' : url.pathname;
  const body = await readFile(join(WEB, path)).catch(() => undefined);
  if (body === undefined) return response.writeHead(404).end();
  return response.writeHead(200, { ...headers, 'content-type': MEDIA_TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
}

function search(parameters: URLSearchParams) {
  const words = (parameters.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const found = PRODUCTS.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  return {
    items: found.slice(0, Number(parameters.get('limit') ?? 10)).map((product) => ({ ...product, categories: [], attributes: {} })),
    total: found.length,
  };
}

function recommend(history: readonly string[], limit: number): Recommendation {
  const picks = history.flatMap((id) => PRODUCTS.find((product) => product.id === id) ?? []);
  const items = PRODUCTS.filter(({ id }) => !history.includes(id))
    .map((product, rank): RecommendedItem => {
      const shared = picks.map((pick, at) => ({ pick, weight: (sharedWords(pick.title, product.title) * (at + 1)) / picks.length }));
      const best = shared.reduce((most, one) => (one.weight > most.weight ? one : most), {
        pick: undefined as Product | undefined,
        weight: 0,
      });
      const score = shared.reduce((sum, { weight }) => sum + weight, 1 / (rank + 2));
      if (best.pick === undefined) return { ...product, score, reason: { kind: 'popular', text: 'Popular with everyone', because: [] } };
      const kind = rank % 3 === 0 ? 'similar' : 'goes-with';
      const text = `${kind === 'similar' ? 'Similar to' : 'Goes with'} ${best.pick.title}`;
      return { ...product, score, reason: { kind, text, because: [best.pick.id] } };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
  return {
    id: `r-${history.join('-')}`,
    items,
    unknown: history.filter((id) => !PRODUCTS.some((product) => product.id === id)),
    snapshot: '2026-01-01T00:00:00Z',
    degraded: [],
  };
}

function sharedWords(a: string, b: string) {
  const words = new Set(a.split(' ').filter((word) => word.length > 2));
  return b.split(' ').filter((word) => words.has(word)).length;
}

/** The response headers that `web/_headers` gives every asset. */
async function assetHeaders(): Promise<Record<string, string>> {
  const lines = (await readFile(join(WEB, '_headers'), 'utf8')).split('\n').filter((line) => line.startsWith('  '));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]));
}

async function text(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const PRODUCTS: readonly Product[] = (
  [
    ['1', 'WHITE HANGING HEART T-LIGHT HOLDER', 2.95],
    ['2', 'REGENCY CAKESTAND 3 TIER', 12.75],
    ['3', 'JUMBO BAG RED RETROSPOT', 2.08],
    ['4', 'ASSORTED COLOUR BIRD ORNAMENT', 1.69],
    ['5', 'PARTY BUNTING', 4.95],
    ['6', 'LUNCH BAG RED RETROSPOT', 1.65],
    ['7', 'SET OF 3 CAKE TINS PANTRY DESIGN', 4.95],
    ['8', 'LUNCH BAG  BLACK SKULL.', 1.65],
    ['9', 'PACK OF 72 RETROSPOT CAKE CASES', 0.55],
    ['10', "PAPER CHAIN KIT 50'S CHRISTMAS", 2.95],
    ['11', 'SPOTTY BUNTING', 4.95],
    ['12', 'LUNCH BAG SPACEBOY DESIGN', 1.65],
    ['13', 'LUNCH BAG CARS BLUE', 1.65],
    ['14', 'HEART OF WICKER SMALL', 1.65],
    ['15', 'NATURAL SLATE HEART CHALKBOARD', 2.95],
    ['16', 'LUNCH BAG PINK POLKADOT', 1.65],
    ['17', 'REX CASH+CARRY JUMBO SHOPPER', 0.95],
    ['18', 'LUNCH BAG SUKI DESIGN', 1.65],
    ['19', 'ALARM CLOCK BAKELIKE RED', 3.75],
    ['20', 'LUNCH BAG APPLE DESIGN', 1.65],
    ['21', 'SET OF 4 PANTRY JELLY MOULDS', 1.25],
    ['22', 'JUMBO BAG PINK POLKADOT', 2.08],
    ['23', 'WOODEN PICTURE FRAME WHITE FINISH', 2.55],
    ['24', 'JAM MAKING SET WITH JARS', 4.25],
    ['25', 'JAM MAKING SET PRINTED', 1.45],
    ['26', 'BAKING SET 9 PIECE RETROSPOT', 4.95],
    ['27', 'RECIPE BOX PANTRY YELLOW DESIGN', 2.95],
    ['28', 'RABBIT NIGHT LIGHT', 2.08],
    ['29', 'LUNCH BAG WOODLAND', 1.65],
    ['30', 'RETROSPOT TEA SET CERAMIC 11 PC', 4.95],
    ['31', 'VICTORIAN GLASS HANGING T-LIGHT', 1.25],
    ['32', 'WOODEN FRAME ANTIQUE WHITE', 2.95],
    ['33', 'HEART OF WICKER LARGE', 2.95],
    ['34', 'ALARM CLOCK BAKELIKE GREEN', 3.75],
    ['35', 'JUMBO SHOPPER VINTAGE RED PAISLEY', 2.08],
    ['36', 'ROSES REGENCY TEACUP AND SAUCER', 2.95],
    ['37', 'JUMBO STORAGE BAG SUKI', 2.08],
    ['38', 'SET/5 RED RETROSPOT LID GLASS BOWLS', 2.95],
    ['39', 'JUMBO BAG VINTAGE LEAF', 2.08],
    ['40', 'GARDENERS KNEELING PAD KEEP CALM', 1.65],
    ['42', 'SET/20 RED RETROSPOT PAPER NAPKINS', 0.85],
    ['44', 'RED RETROSPOT CHARLOTTE BAG', 0.85],
    ['49', 'SPACEBOY LUNCH BOX', 1.95],
    ['52', 'PAPER CHAIN KIT VINTAGE CHRISTMAS', 2.95],
    ['67', 'CLOTHES PEGS RETROSPOT PACK 24', 1.65],
    ['80', "JUMBO BAG 50'S CHRISTMAS", 2.08],
    ['83', 'PLASTERS IN TIN SPACEBOY', 1.65],
    ['89', 'DOORMAT RED RETROSPOT', 7.95],
    ['90', 'PAPER BUNTING RETROSPOT', 2.95],
    ['97', 'RETROSPOT HEART HOT WATER BOTTLE', 4.95],
    ['119', 'SET OF 20 VINTAGE CHRISTMAS NAPKINS', 0.85],
    ['120', 'PACK OF 72 SKULL CAKE CASES', 0.55],
    ['127', '60 CAKE CASES VINTAGE CHRISTMAS', 0.55],
    ['131', 'JUMBO BAG SPACEBOY DESIGN', 2.08],
    ['133', 'JUMBO STORAGE BAG SKULLS', 2.08],
    ['134', 'WOODEN HEART CHRISTMAS SCANDINAVIAN', 0.29],
    ['147', 'PLASTERS IN TIN SKULLS', 1.65],
    ['151', 'CHILDRENS APRON SPACEBOY DESIGN', 1.95],
    ['155', 'RECIPE BOX RETROSPOT', 2.95],
    ['156', 'WOODEN STAR CHRISTMAS SCANDINAVIAN', 0.29],
    ['158', 'PAPER CHAIN KIT RETROSPOT', 2.95],
    ['163', 'CHRISTMAS CRAFT LITTLE FRIENDS', 2.1],
    ['166', 'BAKING SET SPACEBOY DESIGN', 4.95],
    ['169', 'RED RETROSPOT CAKE STAND', 10.95],
    ['172', 'PACK OF 60 SPACEBOY CAKE CASES', 0.55],
    ['175', 'RECYCLING BAG RETROSPOT', 2.1],
    ['188', 'SPACEBOY BIRTHDAY CARD', 0.42],
    ['189', 'JUMBO BAG VINTAGE CHRISTMAS', 2.08],
    ['190', 'WHITE SKULL HOT WATER BOTTLE', 4.25],
    ['192', 'RED RETROSPOT SHOPPER BAG', 1.25],
    ['195', 'RED RETROSPOT PICNIC BAG', 2.95],
    ['212', 'VINTAGE CHRISTMAS BUNTING', 4.95],
    ['216', 'SET OF 72 RETROSPOT PAPER  DOILIES', 1.45],
    ['219', 'RED RETROSPOT MINI CASES', 7.95],
    ['226', 'RED RETROSPOT PEG BAG', 2.55],
    ['228', 'CHRISTMAS CRAFT TREE TOP ANGEL', 2.1],
    ['237', 'HAND WARMER RED RETROSPOT', 2.1],
    ['241', 'MEMO BOARD RETROSPOT  DESIGN', 4.95],
    ['247', 'SET OF 6 RIBBONS VINTAGE CHRISTMAS', 2.89],
    ['261', 'RED RETROSPOT WRAP', 0.42],
    ['263', 'CHRISTMAS CRAFT WHITE FAIRY', 1.45],
    ['267', 'LUNCH BOX WITH CUTLERY RETROSPOT', 2.55],
    ['289', 'CHILDRENS CUTLERY SPACEBOY', 4.15],
    ['291', 'RETROSPOT LARGE MILK JUG', 4.95],
    ['293', "GIANT 50'S CHRISTMAS CRACKER", 2.89],
    ['294', 'RED RETROSPOT SMALL MILK JUG', 2.55],
    ['302', 'FELTCRAFT CHRISTMAS FAIRY', 4.25],
    ['305', '12 PENCILS SMALL TUBE RED RETROSPOT', 0.65],
    ['317', 'RED RETROSPOT UMBRELLA', 5.95],
    ['320', 'RED RETROSPOT BOWL', 1.25],
    ['322', '12 PENCILS SMALL TUBE SKULL', 0.65],
  ] as const
).map(([id, title, price]) => ({ id, title, price }));
