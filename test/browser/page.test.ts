import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page, type Route } from 'playwright-core';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { startServer } from './server.ts';

const PATIENCE_MS = 15_000;
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1280, height: 860 };
const CHROMIUM_ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP edge.test 127.0.0.1',
];

describe('the demo page', { timeout: 300_000 }, () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let browser: Browser;
  let page: Page;
  /** What the page wrote to the console as an error, or threw. */
  let faults: string[];

  before(async () => {
    server = await startServer();
    browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(() => fresh({ viewport: LAPTOP }));
  afterEach(() => page.context().close());

  /** A new visitor, not yet on the page. */
  async function fresh(options: BrowserContextOptions) {
    await page?.context().close();
    page = await browser.newPage(options);
    page.setDefaultTimeout(PATIENCE_MS);
    faults = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
  }

  /** Opens the page and waits until the model itself answers: a cold Worker starts without it. */
  async function open() {
    await page.goto(server.url);
    await settled();
    await products().first().waitFor();
  }

  const products = () => page.getByRole('list', { name: /^Products/ }).getByRole('button');
  const cards = () => page.getByRole('list', { name: /^Recommendations/ }).getByRole('button');
  const chips = () => page.getByRole('list', { name: /^Your picks/ }).getByRole('listitem');
  const removers = () => chips().getByRole('button');
  const notice = () => page.locator('#notice');
  const search = () => page.getByRole('searchbox', { name: 'Search the catalogue by title' });

  /** The answer to the picks on show is on the page, and it is a whole one. */
  async function settled() {
    await page.locator('#answer:not([aria-busy])').waitFor();
    await notice().waitFor({ state: 'hidden' });
    await cards().first().waitFor();
  }

  /** Does something that changes the picks, and waits for the answer to it. */
  async function answered(action: () => Promise<unknown>) {
    const response = page.waitForResponse('**/v1/recommendations');
    await action();
    await response;
    await settled();
  }

  const titles = (of: 'shelf' | 'cards' | 'picks') => page.locator(`#${of} .title`).allTextContents();
  const ids = () => page.locator('#cards > li').evaluateAll((all) => all.map((card) => card.getAttribute('data-id')));

  test('greets a visitor with what is popular, without a fault', async () => {
    await open();
    assert.match((await page.getByRole('heading', { level: 2, name: /popular/i }).textContent()) ?? '', /popular/i);
    assert.equal(await cards().count(), 12);
    assert.equal(await products().count(), 24);
    assert.equal(await chips().count(), 0);
    assert.match((await cards().first().textContent()) ?? '', /£\d+\.\d\d/);
    assert.ok(
      (await titles('shelf')).every((title) => title !== title.toUpperCase()),
      'no title shouts',
    );
    assert.deepEqual(faults, []);
  });

  test('credits the data and links the service health', async () => {
    await open();
    assert.match(
      (await page.locator('footer').textContent()) ?? '',
      /Chen, D\. \(2015\)\. Online Retail\. UCI Machine Learning Repository\. CC BY 4\.0/,
    );
    const health = await page.request.get(
      new URL((await page.getByRole('link', { name: /health/i }).getAttribute('href')) ?? '', server.url).href,
    );
    assert.equal(health.status(), 200);
  });

  test('search finds products by their title, and says when there are none', async () => {
    await open();
    await search().fill('retrospot');
    await page.getByText(/for “retrospot”/).waitFor();
    const found = await titles('shelf');
    assert.ok(found.length > 0);
    assert.ok(
      found.some((title) => /retrospot/i.test(title)),
      found.join(', '),
    );
    await search().fill('zzqxv');
    await page.getByText('No product is called “zzqxv”.').waitFor();
    assert.equal(await products().count(), 0);
    await search().fill('');
    await page.getByText('The whole shop, popular first').waitFor();
    assert.equal(await products().count(), 24);
    assert.deepEqual(faults, []);
  });

  test('fast typing asks for the last words only', async () => {
    await page.clock.install();
    await open();
    const asked: string[] = [];
    page.on('request', (request) => request.url().includes('/v1/items') && asked.push(new URL(request.url()).searchParams.get('q') ?? ''));
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await search().pressSequentially('heart');
    await page.clock.runFor(100);
    assert.deepEqual(asked, []);
    await page.clock.runFor(1_000);
    await page.getByText(/for “heart”/).waitFor();
    assert.deepEqual(asked, ['heart']);
  });

  test('every pick changes the recommendations, and a reason names a pick', async () => {
    await open();
    const popular = await ids();
    await answered(() => products().nth(2).click());
    const afterOne = await ids();
    assert.notDeepEqual(afterOne, popular);
    await answered(() => products().nth(9).click());
    assert.notDeepEqual(await ids(), afterOne);

    const picked = await titles('picks');
    assert.deepEqual(
      picked,
      [await products().nth(2).locator('.title').textContent(), await products().nth(9).locator('.title').textContent()],
      'newest last',
    );
    const reasons = await page.locator('#cards .reason').allTextContents();
    assert.ok(reasons.every((reason) => reason.trim() !== ''));
    assert.ok(
      reasons.some((reason) => picked.some((title) => reason.includes(title))),
      `${reasons.join('; ')} name one of ${picked.join('; ')}`,
    );
    const recommended = await titles('cards');
    assert.ok(
      picked.every((title) => !recommended.includes(title)),
      'what was picked is not recommended',
    );
    assert.equal(await products().nth(2).getAttribute('aria-pressed'), 'true');
    assert.deepEqual(faults, []);
  });

  test('pointing at a recommendation shows the picks behind it, and the other way round', async () => {
    await open();
    for (const at of [2, 9]) await answered(() => products().nth(at).click());
    const carried = cards()
      .filter({ has: page.locator('.reason .swatch') })
      .first();
    await carried.hover();
    const because = page.locator('.chip.is-because');
    await because.first().waitFor();
    const reason = (await carried.locator('.reason').textContent()) ?? '';
    assert.ok((await because.locator('.title').allTextContents()).some((title) => reason.includes(title)));
    await because.first().hover();
    await page.locator('.card.is-because').first().waitFor();
    await page.mouse.move(0, 0);
    assert.equal(await page.locator('.is-because').count(), 0);
  });

  test('choosing a recommendation adds it to the picks', async () => {
    await open();
    const title = await cards().nth(3).locator('.title').textContent();
    await answered(() => cards().nth(3).click());
    assert.deepEqual(await titles('picks'), [title]);
    assert.ok(!(await titles('cards')).includes(title ?? ''));
  });

  test('picks can be removed one by one or all at once, and survive a reload', async () => {
    await open();
    const popular = await ids();
    for (const at of [0, 4, 8]) await answered(() => products().nth(at).click());
    const [first, second, third] = await titles('picks');
    await answered(() => removers().nth(1).click());
    assert.deepEqual(await titles('picks'), [first, third]);
    assert.equal(await products().nth(4).getAttribute('aria-pressed'), 'false');
    assert.ok(second);

    await page.reload();
    await settled();
    assert.deepEqual(await titles('picks'), [first, third]);

    await answered(() => products().nth(0).click());
    assert.deepEqual(await titles('picks'), [third], 'choosing a picked product again takes it back');
    await answered(() => page.getByRole('button', { name: 'Clear all' }).click());
    assert.equal(await chips().count(), 0);
    assert.deepEqual(await ids(), popular);
  });

  test('the keyboard alone is enough', async () => {
    await open();
    const focusedIn = (selector: string) => page.evaluate((inside) => document.activeElement?.closest(inside) !== null, selector);
    const tabInto = async (selector: string, key = 'Tab') => {
      for (let presses = 0; presses < 60 && !(await focusedIn(selector)); presses++) await page.keyboard.press(key);
      assert.ok(await focusedIn(selector), `${key} reaches ${selector}`);
    };

    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to recommendations');
    await tabInto('#query');
    await page.keyboard.type('bag');
    await page.getByText(/for “bag”/).waitFor();
    await tabInto('#shelf');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    assert.equal(outline, 'solid', 'the focus is visible');
    await answered(() => page.keyboard.press('Enter'));
    await page.keyboard.press('ArrowDown');
    await answered(() => page.keyboard.press('Space'));
    assert.equal(await chips().count(), 2);

    await tabInto('#cards');
    await page.keyboard.press('End');
    assert.ok(
      await cards()
        .last()
        .evaluate((card) => card === document.activeElement),
    );
    await answered(() => page.keyboard.press('Enter'));
    assert.equal(await chips().count(), 3);
    assert.ok(await focusedIn('#cards'), 'the focus stays among the recommendations');

    await tabInto('#picks', 'Shift+Tab');
    for (const left of [2, 1]) {
      await answered(() => page.keyboard.press('Enter'));
      assert.equal(await chips().count(), left);
      assert.ok(await focusedIn('#picks'), 'the focus goes to the next chip');
    }
    await answered(() => page.keyboard.press('Space'));
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'picks-heading');
    assert.match((await page.locator('[aria-live]').textContent()) ?? '', /\d+ recommendations/);
    assert.deepEqual(faults, []);
  });

  test('shows what the edge took, stage by stage, beside the round trip', async () => {
    await page.route(
      '**/v1/recommendations',
      timed('session;dur=0, encode;dur=14.4, candidates;dur=1.26, score;dur=0.414, rules;dur=1, total;dur=17.65'),
    );
    await open();
    const timing = page.locator('#timing');
    assert.match((await timing.textContent()) ?? '', /^18 ms at the edge[\d.]+ ms round trip/);
    assert.deepEqual(await timing.getByRole('listitem').allTextContents(), [
      'encode 14',
      'candidates 1.3',
      'score 0.41',
      'rules 1',
      'rest 0.58',
    ]);
  });

  test('the Worker says what it took, even where its clock saw nothing pass', async () => {
    await open();
    await answered(() => products().first().click());
    assert.match((await page.locator('#timing').textContent()) ?? '', /^(\d+|under 1) ms at the edge[\d.]+ ms round trip/);
  });

  test('a short answer on this machine is under 1 ms; elsewhere a clock that stands still tells nothing', async () => {
    await page.route('**/v1/recommendations', timed('candidates;dur=0, total;dur=0'));
    await open();
    assert.match((await page.locator('#timing').textContent()) ?? '', /^under 1 ms at the edge[\d.]+ ms round trip$/);
    await page.goto(server.url.replace('127.0.0.1', 'edge.test'));
    await settled();
    assert.match((await page.locator('#timing').textContent()) ?? '', /^[\d.]+ ms round trip; the edge kept no time$/);
  });

  test('the curl command is the request that the page made', async () => {
    await open();
    await answered(() => products().nth(1).click());
    const request = page.waitForRequest('**/v1/recommendations');
    await answered(() => products().nth(3).click());
    const sent = (await request).postData();
    await page.getByText('This answer with curl').click();
    const command = (await page.locator('#curl').textContent()) ?? '';
    assert.ok(command.startsWith(`curl -X POST ${server.url}/v1/recommendations`), command);
    assert.ok(command.includes(`-d '${sent}'`), command);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
  });

  test('a slow answer to older picks never replaces a newer one', async () => {
    await open();
    let requests = 0;
    await page.route('**/v1/recommendations', async (route) => {
      if (requests++ === 0) await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue().catch(() => undefined); // by then the page has given the first one up
    });
    const newest = page.waitForResponse((response) => (response.request().postData() ?? '').includes(','));
    await products().nth(0).click();
    await products().nth(5).click();
    const answer = (await (await newest).json()) as Recommendation;
    await page.waitForTimeout(900);
    await settled();
    assert.deepEqual(
      await ids(),
      answer.items.map((item) => item.id),
    );
    assert.deepEqual(faults, []);
  });

  test('markup in a title is shown as text', async () => {
    const title = '<img src=x onerror="document.title=\'owned\'"><b>MUG</b>';
    await page.route('**/v1/items?*', (route) =>
      route.fulfill({ json: { items: [{ id: 'x', title, price: 1, categories: [], attributes: {} }], total: 1 } }),
    );
    await page.route('**/v1/recommendations', (route) =>
      change(route, (answer) => ({
        ...answer,
        unknown: [],
        items: [{ id: 'y', title, score: 1, reason: { kind: 'goes-with', text: `Goes with ${title}`, because: ['x'] } }],
      })),
    );
    await open();
    await answered(() => products().first().click());
    for (const list of ['shelf', 'cards', 'picks'] as const) assert.match((await titles(list)).join(), /<img src=x/i);
    assert.match((await page.locator('.reason').textContent()) ?? '', /<b>mug<\/b>/i);
    assert.equal(await page.locator('#shelf img, #cards img, #picks img, #shelf b, #cards b, #picks b').count(), 0);
    assert.doesNotMatch(await page.title(), /owned/);
    assert.deepEqual(faults, []);
  });

  test('a degraded answer says so, and the notice goes by itself', async () => {
    let degraded = true;
    await page.route('**/v1/recommendations', (route) =>
      degraded ? change(route, (answer) => ({ ...answer, degraded: ['transformer'] })) : route.continue(),
    );
    await page.goto(server.url);
    await notice()
      .getByText(/transformer is still starting: answers come from neighbours and popularity/)
      .waitFor();
    assert.ok((await cards().count()) > 0, 'what can be answered is shown');
    degraded = false;
    await notice().waitFor({ state: 'hidden' });
  });

  test('without a snapshot the page says what to run', async () => {
    await page.route('**/v1/recommendations', (route) =>
      route.fulfill({
        json: { id: 'r', items: [], cursor: null, unknown: [], snapshot: null, degraded: ['snapshot'] } satisfies Recommendation,
      }),
    );
    await page.goto(server.url);
    await notice()
      .getByText(/No snapshot is published yet: run npm run dev/)
      .waitFor();
    await page.unroute('**/v1/recommendations');
    await settled();
  });

  test('an error of the API is shown in its own words', async () => {
    await page.route('**/v1/recommendations', (route) =>
      route.fulfill({
        status: 400,
        json: { error: { code: 'invalid_request', message: 'The history is too long.', path: 'history', requestId: 'req-7' } },
      }),
    );
    await page.goto(server.url);
    await notice().getByText('The history is too long. (invalid_request, request req-7)').waitFor();
    await page.unroute('**/v1/recommendations');
    await page.getByRole('button', { name: 'Try now' }).click();
    await settled();
  });

  test('a lost network is reported and recovers', async () => {
    await page.route('**/v1/**', (route) => route.abort());
    await page.goto(server.url);
    await notice()
      .getByText(/cannot be reached/)
      .waitFor();
    await page.getByText('The catalogue cannot be reached.').waitFor();
    await page.unroute('**/v1/**');
    await settled();
    await products().first().waitFor();
  });

  test('a pick that left the catalogue is marked, not fatal', async () => {
    await open();
    await page.route('**/v1/recommendations', (route) => change(route, (answer) => ({ ...answer, unknown: ['gone'] })));
    await page.evaluate(() => sessionStorage.setItem('edgewise.picks', JSON.stringify([{ id: 'gone', title: 'OLD THING' }, 7, { id: 3 }])));
    await page.reload();
    await settled();
    assert.deepEqual(await titles('picks'), ['Old Thing']);
    assert.equal(await page.locator('.chip.is-unknown').count(), 1);
  });

  for (const width of [320, 360, 768, 1440]) {
    test(`nothing scrolls sideways at ${width} px`, async () => {
      await fresh({ viewport: { width, height: 800 } });
      await open();
      for (const at of [0, 1, 2]) await answered(() => products().nth(at).click());
      await page.getByText('This answer with curl').click();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await chips().last().scrollIntoViewIfNeeded();
      assert.ok(await removers().last().isVisible());
    });
  }

  test('on a phone every target is large enough for a finger', async () => {
    await fresh({ viewport: PHONE, hasTouch: true, isMobile: true });
    await open();
    await answered(() => products().first().tap());
    await answered(() => cards().nth(2).tap());
    for (const button of [...(await removers().all()), ...(await cards().all())]) {
      const box = await button.boundingBox();
      assert.ok(box && box.width >= 32 && box.height >= 32, JSON.stringify(box));
    }
    assert.equal(await page.locator('.is-because').count(), 0, 'a tap points at nothing');
  });

  test('follows the colour scheme, and both schemes are readable', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await fresh({ viewport: LAPTOP, colorScheme });
      await open();
      const ratio = await page.evaluate(contrastOfHints);
      assert.ok(ratio >= 4.5, `${colorScheme}: ${ratio.toFixed(2)}`);
    }
  });

  test('keeps still for those who ask for it', async () => {
    await fresh({ viewport: LAPTOP, reducedMotion: 'reduce' });
    await open();
    await page.evaluate(() => {
      Element.prototype.animate = () => {
        throw new Error('moved');
      };
    });
    await answered(() => products().nth(2).click());
    assert.deepEqual(faults, []);
  });

  test('the small print of titles, picks and shells', async () => {
    await open();
    const got = await page.evaluate(async (origin) => {
      const load = (name: string) => import(`/${name}.js`);
      const [{ titleCase }, { parseServerTiming }, { curlCommand }, { reduce }] = await Promise.all(
        ['title', 'timing', 'api', 'state'].map(load),
      );
      const many = Array.from({ length: 53 }, (_, at) => ({ id: String(at), title: '' }));
      const full = many.reduce<{ id: string }[]>((picks, pick) => reduce(picks, { type: 'add', pick }), []);
      return {
        titles: [
          'WHITE HANGING HEART T-LIGHT HOLDER',
          'SET OF 3 BOXES',
          "CHILDREN'S 70'S MUG",
          "EAU D'AMOUR",
          'PAD 40x40CM',
          'LED TV 16 PC',
          'LUNCH BAG  BLACK SKULL.',
          'High Resolution Image',
        ].map(titleCase),
        stages: parseServerTiming('candidates;dur=0.41, score;desc="a ranker";dur=0.2, miss, total;dur=0.9'),
        command: curlCommand(origin, { history: ["it's"], limit: 1 }),
        full: [full.length, full[0]?.id],
        again: reduce([{ id: 'a' }, { id: 'b' }], { type: 'add', pick: { id: 'a' } }).map((pick: { id: string }) => pick.id),
      };
    }, 'http://e');
    assert.deepEqual(got.titles, [
      'White Hanging Heart T-Light Holder',
      'Set of 3 Boxes',
      "Children's 70's Mug",
      "Eau D'Amour",
      'Pad 40x40cm',
      'LED TV 16 pc',
      'Lunch Bag Black Skull',
      'High Resolution Image',
    ]);
    assert.deepEqual(got.stages, [
      { name: 'candidates', durationMs: 0.41 },
      { name: 'score', durationMs: 0.2 },
      { name: 'total', durationMs: 0.9 },
    ]);
    assert.ok(got.command.endsWith(`-d '{"history":["it'\\''s"],"limit":1}'`), got.command);
    assert.deepEqual(got.full, [50, '3']);
    assert.deepEqual(got.again, ['b', 'a']);
  });
});

/** The real answer, with a `Server-Timing` of its own. */
function timed(header: string) {
  return async (route: Route) => {
    const response = await route.fetch({ url: route.request().url().replace('edge.test', '127.0.0.1') });
    await route.fulfill({ response, headers: { ...response.headers(), 'server-timing': header } });
  };
}

/** The real answer, altered on its way to the page. */
async function change(route: Route, alter: (answer: Recommendation) => Recommendation) {
  const response = await route.fetch();
  await route.fulfill({ response, json: alter((await response.json()) as Recommendation) });
}

/** Runs in the page: WCAG contrast of the soft ink on the paper. */
function contrastOfHints() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) throw new Error('no canvas');
  const luminance = (colour: string) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) =>
      byte <= 10 ? byte / 3294 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ink = luminance(getComputedStyle(document.querySelector('.hint') ?? document.body).color);
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}
