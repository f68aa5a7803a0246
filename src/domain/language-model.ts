/** A language model, as those who ask it see it; `llm/` is one. */

/** Where a request comes from, as Cloudflare tells it. */
export interface Place {
  /** `AF`, `AN`, `AS`, `EU`, `NA`, `OC` or `SA`. */
  readonly continent?: string;
  /** ISO 3166. */
  readonly country?: string;
  /** IATA code of Cloudflare's data centre. */
  readonly colo?: string;
}

/** Who asks: somebody who waits for the answer comes before work that may as well be left undone. */
export interface Caller {
  readonly place: Place;
  readonly urgency: 'waiting' | 'prefetch';
}

/** A function that a language model may want called. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of its arguments. */
  readonly parameters: object;
}

/** A call that it wants; the arguments as it wrote them, which need not be what was asked for. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly calls?: readonly ToolCall[] }
  /** What a call gave. */
  | { readonly role: 'tool'; readonly call: string; readonly content: string };

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** Tokens of the answer at most. */
  readonly tokensMax: number;
  /** 0 for the same answer every time. */
  readonly temperature: number;
}

/** Asks for JSON of this schema; `parse` reads the answer and throws on any other. */
export interface JsonRequest<T> extends ChatRequest {
  readonly schema: { readonly name: string; readonly schema: object };
  readonly parse: (value: unknown) => T;
}

/** A turn of a conversation. Aborting `signal` ends the call and rejects with its reason. */
export interface TurnRequest extends ChatRequest {
  readonly tools: readonly Tool[];
  readonly signal: AbortSignal;
}

/** What asks rejects with `ModelUnavailable` where no endpoint answers. */
export interface LanguageModel {
  /** Whether a request would be let through to some endpoint at this moment. Never rejects. */
  isReady(request: ChatRequest, caller: Caller): Promise<boolean>;
  /** The answer, piece by piece. Once a piece has been given, a fault ends it with `ModelUnavailable`. */
  stream(request: ChatRequest, caller: Caller): AsyncIterable<string>;
  /** Text piece by piece, and the calls that are wanted. Of endpoints with tool calling only. */
  converse(request: TurnRequest, caller: Caller): AsyncIterable<string | ToolCall>;
  ask<T>(request: JsonRequest<T>, caller: Caller): Promise<T>;
  /** One vector a text, in their order. */
  embed(texts: readonly string[], caller: Caller): Promise<readonly Float32Array[]>;
}

/**
 * Why no language model answered: `no-endpoint`: none is configured for this; `busy`: as many calls run as may; `budget`: the
 * day's tokens are spent; `failed`: every endpoint failed, or is left alone after it did.
 */
export type ModelAbsence = 'no-endpoint' | 'busy' | 'budget' | 'failed';

export class ModelUnavailable extends Error {
  readonly absence: ModelAbsence;

  constructor(absence: ModelAbsence, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ModelUnavailable';
    this.absence = absence;
  }
}
