import { Hono, type Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type * as v from 'valibot';
import { converse } from '../../chat/converse.ts';
import type { Tools } from '../../chat/tools.ts';
import { defined } from '../../domain/defined.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import { ModelUnavailable } from '../../domain/language-model.ts';
import { LIMITS } from '../../domain/limits.ts';
import { matchLocale } from '../../domain/locale.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import { parseInput, readBody } from '../body.ts';
import { ChatBody } from '../chat-body.ts';
import { placeOf } from '../place.ts';
import { readRecommendation, RecommendationBody, SearchBody, type SentRequest } from '../recommendation-body.ts';
import { answerRequest, readyRequest } from '../recommender.ts';
import type { Services } from '../services.ts';
import { withSnapshot } from '../serve.ts';

/** `POST /v1/chat`: answers a conversation as server-sent events, with items that the recipe of all answers found. */
export function chatRoute(services: Services): Hono {
  return new Hono().post('/chat', async (c) => {
    const body = await readBody(c.req, ChatBody);
    const model = services.talker ?? noTalker();
    const tools = await openTools(body, c, services);
    const locale = body.locale ?? matchLocale(c.req.header('accept-language'));
    const caller = { place: placeOf(c), urgency: 'waiting' } as const;
    const gone = new AbortController();
    const onBreach = (breach: string, text: string) => console.warn(JSON.stringify({ event: 'chat_refused', breach, text }));
    const events = converse({ messages: body.messages, locale }, tools, { model, caller, signal: gone.signal, onBreach });

    return streamSSE(c, async (stream) => {
      const ended = Promise.withResolvers<void>();
      c.executionCtx.waitUntil(ended.promise); // a client that hangs up must not take the settling of what was spent with it
      const late = setTimeout(() => gone.abort(new ModelUnavailable('failed', 'the answer took too long')), LIMITS.chatMs);
      const leave = () => gone.abort(new Error('the client is gone'));
      stream.onAbort(leave); // who stops reading
      c.req.raw.signal.addEventListener('abort', leave); // who hangs up before there is anything to read
      try {
        for await (const { kind, ...data } of events) await stream.writeSSE({ event: kind, data: JSON.stringify(data) });
      } catch (cause) {
        if (!gone.signal.aborted) console.error(JSON.stringify({ event: 'chat_failed', error: String(cause) }));
      } finally {
        clearTimeout(late);
        ended.resolve();
      }
    });
  });
}

/** The tools of a conversation: both ask as the one who talks would, within what the body says. Throws as recommendations do. */
async function openTools(body: v.InferOutput<typeof ChatBody>, c: Context, services: Services): Promise<Tools> {
  const { user, history, filter, context, locale } = body;
  const fields = defined({ filter, context, locale, limit: LIMITS.chatItems });
  const asking = (sent: SentRequest) => ({ ...sent, past: ready.past, rerankingDue: ready.rerankingDue, degraded: ready.degraded });
  const answer = (sent: SentRequest) =>
    withSnapshot(c, services, async (serving) => {
      const { items } = await answerRequest(asking(sent), serving, c, services, new Stopwatch(services.preciseNowMs));
      return items;
    });
  const sent = readRecommendation(parseInput(RecommendationBody, { ...fields, ...defined({ user, history }) }));
  const ready = await readyRequest(sent, c, services);
  return {
    recommend: () => answer(sent),
    search: (query) => answer({ ...readRecommendation(parseInput(SearchBody, { ...fields, q: query })), asker: sent.asker }),
  };
}

/** Throws `language_model_unavailable`. */
function noTalker(): never {
  throw new EdgewiseError(
    'language_model_unavailable',
    'No language model that calls tools is configured: give an endpoint of LLM_ENDPOINTS "tools": true, see docs/api.md.',
  );
}
