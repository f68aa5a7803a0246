import type { Gates } from './gates.ts';
import type { GateObject } from './object.ts';

/** Gates in Durable Objects, one a region: what one call learns of an endpoint the next one knows, wherever it is made. */
export function durableGates(namespace: DurableObjectNamespace<GateObject>): Gates {
  const gateOf = (region: string) => namespace.getByName(region);
  return {
    admit: async (region, ask, nowMs) => gateOf(region).admit(ask, nowMs),
    peek: async (region, ask, nowMs) => gateOf(region).peek(ask, nowMs),
    settle: async (region, lease, outcome, nowMs) => gateOf(region).settle(lease, outcome, nowMs),
  };
}
