import type { ToolCall } from '../domain/language-model.ts';
import type { CallDelta } from './chunk.ts';
import { EndpointFault } from './fault.ts';

/** The calls that a turn wants, put together of the pieces in which they come. */
export class WantedCalls {
  private readonly calls = new Map<number, { id: string; name: string; arguments: string }>();
  /** Characters so far. */
  chars = 0;

  add(deltas: readonly CallDelta[]): void {
    for (const { index, id, function: wanted } of deltas) {
      const call = this.calls.get(index) ?? { id: '', name: '', arguments: '' };
      this.calls.set(index, {
        id: id ?? call.id,
        name: call.name + (wanted?.name ?? ''),
        arguments: call.arguments + (wanted?.arguments ?? ''),
      });
      this.chars += (wanted?.name?.length ?? 0) + (wanted?.arguments?.length ?? 0);
    }
  }

  /** All of them, in their order. Throws an `EndpointFault` where one has no name; one without an id gets its number. */
  finish(): ToolCall[] {
    return [...this.calls].map(([index, call]) => {
      if (call.name === '') throw new EndpointFault('protocol', 'a call is wanted of nothing');
      return { ...call, id: call.id || `call-${index}` };
    });
  }
}
