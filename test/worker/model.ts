import {
  ModelUnavailable,
  type Caller,
  type ChatRequest,
  type JsonRequest,
  type LanguageModel,
  type ToolCall,
  type TurnRequest,
} from '../../src/domain/language-model.ts';

/** A language model that says what the test at hand tells it to, and counts how many calls run at once. */
class StandInModel implements LanguageModel {
  says: (request: ChatRequest) => AsyncIterable<string> = async function* () {};
  ready = true;
  readonly calls: { readonly request: ChatRequest; readonly caller: Caller }[] = [];
  runningMost = 0;
  private running = 0;

  reset(says: StandInModel['says']): void {
    this.says = says;
    this.ready = true;
    this.calls.length = this.runningMost = 0;
  }

  async *stream(request: ChatRequest, caller: Caller): AsyncGenerator<string> {
    this.calls.push({ request, caller });
    this.runningMost = Math.max(this.runningMost, ++this.running);
    try {
      yield* this.says(request);
    } finally {
      this.running--;
    }
  }

  async isReady(_request: ChatRequest, _caller: Caller): Promise<boolean> {
    return this.ready;
  }

  /** What it does in a turn. */
  turns: (request: TurnRequest) => AsyncIterable<string | ToolCall> = async function* () {};

  async *converse(request: TurnRequest, caller: Caller): AsyncGenerator<string | ToolCall> {
    this.calls.push({ request, caller });
    yield* this.turns(request);
  }

  /** What it says, read as JSON. */
  async ask<T>(request: JsonRequest<T>, caller: Caller): Promise<T> {
    const said = await Array.fromAsync(this.stream(request, caller));
    try {
      return request.parse(JSON.parse(said.join('')));
    } catch (cause) {
      throw new ModelUnavailable('failed', 'not of the schema', cause);
    }
  }

  embed(): Promise<never> {
    throw new ModelUnavailable('no-endpoint', 'a stand-in only talks');
  }
}

export const model = new StandInModel();
