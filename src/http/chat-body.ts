import * as v from 'valibot';
import { LIMITS } from '../domain/limits.ts';
import { hasOneAsker, HISTORY, ONE_ASKER, RECOMMENDATION_FIELDS } from './recommendation-body.ts';
import { orUnknownField } from './schemas.ts';

const Message = v.strictObject(
  {
    role: v.picklist(['user', 'assistant'], 'a role is "user" or "assistant"'),
    content: v.pipe(
      v.string('a content is a text'),
      v.minLength(1, 'a content has at least 1 character'),
      v.maxLength(LIMITS.chatMessageChars, `a content has at most ${LIMITS.chatMessageChars} characters`),
    ),
  },
  orUnknownField('a message is {"role", "content"}'),
);

const { filter, context, locale } = RECOMMENDATION_FIELDS;

/** `POST /v1/chat`: a conversation whose last message is to be answered, and who asks. */
export const ChatBody = v.pipe(
  v.strictObject(
    {
      messages: v.pipe(
        v.array(Message, 'messages is a list'),
        v.minLength(1, 'there is at least 1 message'),
        v.maxLength(LIMITS.chatMessages, `there are at most ${LIMITS.chatMessages} messages`),
        v.check((all) => all.at(-1)?.role === 'user', 'the last message is the user’s'),
      ),
      ...HISTORY,
      filter,
      context,
      locale,
    },
    orUnknownField('the body is an object such as {"messages": [{"role": "user", "content": "a gift for a gardener"}]}'),
  ),
  v.forward(
    v.check((body) => hasOneAsker(body), ONE_ASKER),
    ['history'],
  ),
);
