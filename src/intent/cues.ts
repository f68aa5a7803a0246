import type { IntentSort } from '../domain/intent.ts';
import { denied, LINKS, NOT_BEFORE } from './negations.ts';
import { CLAUSE, cue, word } from './patterns.ts';

/** Words that steer a search, in English and Chinese. */

/** A wish for what is cheaper, and no negation of what is asked for: `not expensive bag`. */
export const NOT_DEAR = new RegExp(denied(`${word('expensive|pricey|costly')}|(?:太|很|那么)?贵的?`), 'gu');

/** What is wanted first. */
export const SORTS: readonly { readonly sort: IntentSort; readonly cue: RegExp }[] = [
  {
    sort: 'cheapest',
    cue: cue(
      '(?:the )?cheapest(?: first)?|lowest price(?: first)?|(?:sort(?:ed)? )?by price|price low to high|cheap|inexpensive',
      `最便宜的?|便宜的?|价格(?:从低到高|最低)|${NOT_DEAR.source}`,
    ),
  },
  {
    sort: 'dearest',
    cue: cue('(?:the )?(?:dearest|most expensive)(?: first)?|highest price(?: first)?|price high to low', '最贵的?|价格(?:从高到低|最高)'),
  },
  { sort: 'newest', cue: cue('(?:the )?newest(?: first)?|(?:the )?latest|most recent', '最新的?') },
  { sort: 'popular', cue: cue('(?:the )?most popular|best ?-?sell(?:ers?|ing)|top rated', '最热门的?|最受欢迎的?|热销的?|畅销的?') },
];

export const FRESH = cue('new arrivals?|just in|recently added|brand new|new in', '新品|新到的?|新款');

/** What says first what is not wanted first. No intent can say so. */
export const NOT_FIRST = new RegExp(denied([...SORTS.map((sort) => sort.cue), FRESH].map((steers) => steers.source).join('|')), 'gu');

export const LIKE_FILLER = cue('(?:i|we|id|would|you)(?: would| will)? like(?: to (?:buy|see|have|find|get))?', '我想要|我要');
const UNTIL = String.raw`(?=\s*(?:[|,;，；。]|(?<![\p{L}\p{N}])(?:but|without|with|not|no|and not|except|for|less|more)(?![\p{L}\p{N}])|但|不要|没有|$))`;
/** "like X", not "I would like X" nor "nothing like X". */
export const LIKE = new RegExp(
  String.raw`(?<!${NOT_BEFORE}${LINKS})(?:(?:${word('something|anything|things?|items?|products?|more|stuff|others?|ones?')}\s+)?(?:${word('similar to|like|resembling|reminiscent of|in the style of')})\s+(.+?)${UNTIL}|(?:类似于?|像)(.+?)(?:一样的?|那样的?|这样的?|差不多的?|的|${UNTIL})|(?:和|跟)(.+?)(?:差不多|类似|一样|相似)的?)`,
  'gu',
);

/** Looked for in what is wanted, parted by bars. */
export const PURPOSE = new RegExp(
  String.raw`${word('for')}\s+(.+?)(?=\s*(?:\||${word('with|and|or|that|which|in|on|from')}|$))|(?:给|送给?|适合)(.{1,6}?)(?:用的?|(?=[|\s]|$))`,
  'gu',
);

export const CLAUSES = new RegExp(CLAUSE, 'u');
/** Ends what is denied: what follows is wanted again. */
export const AFFIRMATIONS = cue('with|just|only|instead', '只要|而是|要');
export const JOINTS = cue('and|or|nor|plus|any|&', '和|或者?|与|以及');

/** Words that say nothing of what is wanted. */
const FILLERS = new Set(
  (
    'a an the some any i im id we me my our you your it its is are be am was were do does can could would should want wants wanted need needs looking look search searching find show give get buy see have has please thanks hi hello ' +
    'something anything any thing things stuff item items product products one ones that thats this these those which what who there here of to in on at by from as and or with for so very really quite just only also too more much many kind sort type good nice great best about like than anymore suggest recommend 我 想 要 请 买 找 的 一个 一些 有 吗 我想 想买 帮我 给我 推荐 东西 商品 一款 那种 这种'
  ).split(' '),
);
export const isFiller = (text: string): boolean => FILLERS.has(text);
/** Chinese has no spaces: what says nothing is cut out of a run. */
export const CHINESE_FILLERS = /我想买|我想要|我要买|想买|想要|我要|帮我找|请问|推荐|一些|一个|一款|东西|商品|的|吗|呢|吧|了(?!解)|我/gu;
