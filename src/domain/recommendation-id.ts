/** What an answer's id says of how it was made, so that an interaction that names it can be counted where it belongs. */
export interface Origin {
  readonly scenario: string;
  readonly experiment?: string;
  readonly variant?: string;
}

/** A name that may be part of an id. */
export const NAME_FORM = /^[a-z0-9-]{1,32}$/;

/** `<id>.<scenario>`, with `.<experiment>.<variant>` behind it where the answer is part of one. */
export function markId(id: string, { scenario, experiment, variant }: Origin): string {
  return [id, scenario, ...(experiment === undefined || variant === undefined ? [] : [experiment, variant])].join('.');
}

/** Where an answer came from; undefined for an id that no answer has. Anybody may write an id: its names are no proof. */
export function originOf(recommendationId: string): Origin | undefined {
  const [, ...names] = recommendationId.split('.');
  if (!names.every((name) => NAME_FORM.test(name))) return undefined;
  const [scenario, experiment, variant] = names;
  if (scenario === undefined || (names.length !== 1 && names.length !== 3)) return undefined;
  return { scenario, ...(experiment !== undefined && variant !== undefined && { experiment, variant }) };
}
