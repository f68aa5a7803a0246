import { describe, expect, test } from 'vitest';
import { LOCALES } from '../../../src/domain/locale.ts';
import type { Brief } from '../../../src/explain/brief.ts';
import { findBreach, groundOf } from '../../../src/explain/grounding.ts';
import { findBlemish } from '../../../src/domain/plain.ts';
import { promptFor } from '../../../src/explain/prompt.ts';
import { tell, type ExplanationEvent } from '../../../src/explain/tell.ts';
import { wordReason } from '../../../src/explain/wording.ts';
import { INJECTIONS } from '../../fixtures/injections.ts';
import { facts, makeBrief, sayingModel } from './fixture.ts';

const CALLER = { place: {}, urgency: 'waiting' } as const;

/** Everything that a client is told of an explanation, and whether the model was asked at all. */
async function told(brief: Brief, says: readonly string[]) {
  const model = sayingModel(() => says);
  const events: ExplanationEvent[] = await Array.fromAsync(tell(brief, model, CALLER, () => undefined));
  return { texts: events.map((event) => (event.kind === 'done' ? event.explanation.text : event.text)), events, asked: model.asked };
}

describe(`${INJECTIONS.length} strings that want to be markup, a link or an order`, () => {
  test('are at least 200, each once', () => {
    expect(new Set(INJECTIONS).size).toBe(INJECTIONS.length);
    expect(INJECTIONS.length).toBeGreaterThanOrEqual(200);
    console.log(`${INJECTIONS.length} injection and abuse strings`);
  });

  test.each(INJECTIONS)('is known for one: %j', (text) => {
    expect(findBlemish(text)).toBeDefined();
  });

  test.each(LOCALES)('as a title, none is quoted in a reason (%s)', (locale) => {
    for (const text of INJECTIONS) {
      const reason = wordReason('goes-with', [text, 'RED MUG'], locale);
      expect(reason).not.toContain(text);
      expect(findBlemish(reason)).toBeUndefined();
    }
  });

  test('as a title, none is put before the model or told to a client, as the item or as what it is because of', async () => {
    for (const text of INJECTIONS) {
      for (const brief of [makeBrief(facts(text)), makeBrief(facts('RED TEAPOT'), [facts(text)])]) {
        const { texts, events, asked } = await told(brief, [text]);
        expect([asked, events.length]).toEqual([[], 1]);
        expect(events[0]).toMatchObject({ explanation: { origin: 'template', fallback: 'unfit' } });
        expect(texts.filter((each) => each.includes(text) || findBlemish(each) !== undefined)).toEqual([]);
      }
    }
  });

  test('said by a model that obeys somebody else, none is told to a client, alone or behind a sentence that is fine', async () => {
    const fine = 'It goes well with the SET OF 6 MUGS that you chose.';
    for (const text of INJECTIONS) {
      for (const says of [[text], [fine, ' ', text], `${fine} ${text}. And more.`.split('')]) {
        const { texts, events } = await told(makeBrief(), says);
        expect(events.at(-1)).toMatchObject({ kind: 'done', explanation: { origin: 'template', fallback: 'refused' } });
        expect(texts.filter((each) => each.includes(text) || findBlemish(each) !== undefined)).toEqual([]);
      }
    }
  });

  test('inside an attribute or a category, none reaches the model', async () => {
    // What `openBrief` leaves of them is tested with it; what it lets through stays JSON in the message of the user.
    const { messages } = promptFor(makeBrief(facts('RED TEAPOT', { attributes: { colour: 'red' } })));
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(JSON.parse(messages[1]!.content)).toEqual({
      recommended: { title: 'RED TEAPOT', categories: [], attributes: { colour: 'red' } },
      chosen: [{ title: 'SET OF 6 MUGS', categories: [], attributes: {} }],
    });
  });
});

describe('the check', () => {
  const breach = (text: string, brief = makeBrief()) => findBreach(text, groundOf(brief), true);

  test.each([
    'It goes well with the SET OF 6 MUGS that you chose.',
    'People who chose the Set of 6 Mugs often like the RED TEAPOT as well. Both are for the table.',
    'The red teapot goes with your 6 mugs.',
  ])('lets through: %s', (text) => {
    expect(breach(text)).toBeUndefined();
  });

  test.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['This teapot is cheap and goes with your mugs.', 'claim'],
    ['This teapot is in stock and goes with your mugs.', 'claim'],
    ['The price of this teapot goes with your mugs.', 'claim'],
    ['It goes with your mugs and costs 20 of something.', 'number'],
    ['It goes with your 7 mugs.', 'number'],
    ['It goes well with the Alessi kettle that you have.', 'name'],
    ['It goes well with the BLUE KETTLE that you have.', 'name'],
    ['It goes well with the "blue kettle" that you have.', 'name'],
    ['It goes with the mugs, see evil.example for more.', 'link'],
    ['It goes with **the mugs** that you chose.', 'markup'],
    ['It goes with the mugs that you chose for £3.', 'money'],
    ['It goes with the mugs, so click and enjoy them.', 'instruction'],
    ['sie passt sehr gut dazu und ist rot.', 'language'],
    ['它与您选择的杯子很相配。', 'language'],
    ['Она хорошо подходит к вашим кружкам.', 'language'],
  ])('refuses %j: %s', (text, expected) => {
    expect(breach(text)).toBe(expected);
  });

  test('is of each language', () => {
    const fine: Record<(typeof LOCALES)[number], string> = {
      en: 'It goes well with the RED TEAPOT that you chose.',
      de: 'Das passt gut zu dem RED TEAPOT, den Sie gewählt haben.',
      fr: 'Cela va bien avec le RED TEAPOT que vous avez choisi.',
      es: 'Combina bien con el RED TEAPOT que usted eligió para la mesa.',
      zh: '它与您选择的RED TEAPOT很相配。',
      ja: 'お選びのRED TEAPOTとよく合います。',
    };
    for (const locale of LOCALES) {
      const brief = makeBrief(facts('SET OF 6 MUGS'), [facts('RED TEAPOT')], locale);
      for (const other of LOCALES)
        expect([locale, other, breach(fine[other], brief) === undefined]).toEqual([locale, other, other === locale]);
    }
  });

  test.each([
    ['de', 'Der Preis passt gut zu Ihrem Becher und ist günstig.'],
    ['fr', 'Le prix va bien avec votre tasse, livraison gratuite.'],
    ['es', 'El precio es bueno, con descuento y envío para usted.'],
    ['zh', '它的价格很便宜，库存充足。'],
    ['ja', '価格がとても安いです。'],
  ] as const)('knows claims of price and stock in %s', (locale, text) => {
    expect(breach(text, makeBrief(facts('MUG'), [facts('CUP')], locale))).toBe('claim');
  });

  test('knows the words of attributes and categories', () => {
    const brief = makeBrief(facts('TEAPOT', { categories: ['Kitchen'], attributes: { material: 'Stoneware', pieces: '12' } }));
    expect(breach('This is Stoneware for your Kitchen with 12 of the pieces.', brief)).toBeUndefined();
    expect(breach('This is Porcelain for your Kitchen with the pieces.', brief)).toBe('name');
  });
});
