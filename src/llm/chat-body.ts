import type { ChatMessage, ChatRequest, JsonRequest, Tool, ToolCall } from '../domain/language-model.ts';
import type { Endpoint } from './endpoint.ts';

/** A request as OpenAI's protocol writes it. */
export function bodyOf(
  { model }: Endpoint,
  {
    messages,
    tokensMax,
    temperature,
    schema,
    tools = [],
  }: ChatRequest & { readonly tools?: readonly Tool[] } & Partial<JsonRequest<unknown>>,
): object {
  return {
    model,
    messages: messages.map(messageOf),
    temperature,
    max_tokens: tokensMax,
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 ? { tools: tools.map((tool) => ({ type: 'function', function: tool })) } : {}),
    ...(schema ? { response_format: { type: 'json_schema', json_schema: { ...schema, strict: true } } } : {}),
  };
}

function messageOf(message: ChatMessage): object {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.call, content: message.content };
  const { role, content } = message;
  const calls = message.role === 'assistant' ? (message.calls ?? []) : [];
  return calls.length === 0 ? { role, content } : { role, content, tool_calls: calls.map(callOf) };
}

const callOf = ({ id, name, arguments: given }: ToolCall) => ({ id, type: 'function', function: { name, arguments: given } });
