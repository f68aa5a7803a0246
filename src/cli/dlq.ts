import { Command } from 'commander';
import type { FeedbackMessage } from '../domain/feedback.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { askJson, withService, type ServiceTarget } from './service.ts';

interface Letters {
  readonly letters: readonly { readonly id: string; readonly diedAt: string; readonly message: FeedbackMessage }[];
  readonly total: number;
}

interface DlqOptions extends ServiceTarget {
  readonly json: boolean;
}

/** `edgewise dlq`: messages of the queue that failed too often. */
export function dlqCommand(): Command {
  return new Command('dlq')
    .description('look at messages of the queue that failed too often, and give them to it again')
    .addCommand(
      withService(new Command('list').description('those that died first'))
        .option(...JSON_OPTION, false)
        .action(listLetters),
    )
    .addCommand(
      withService(new Command('replay').description('give them to the queue again: those named, or all').argument('[ids...]'))
        .option(...JSON_OPTION, false)
        .action(replayLetters),
    );
}

async function listLetters({ json, ...target }: DlqOptions): Promise<void> {
  const found = await askJson<Letters>(target, '/v1/dead-letters');
  printResult(found, json, ({ letters, total }) => [
    ...table(letters.map(({ id, diedAt, message }) => [id, diedAt, describeMessage(message)])),
    total > letters.length ? `the first ${count(letters.length)} of ${count(total)}` : `${count(total)} dead letters`,
  ]);
}

async function replayLetters(ids: readonly string[], { json, ...target }: DlqOptions): Promise<void> {
  const { total } = await askJson<Letters>(target, '/v1/dead-letters');
  let replayed = 0;
  // Not until nothing is left: what fails again dies again.
  for (let more = true; more && replayed < total;) {
    const body = JSON.stringify(ids.length > 0 ? { ids } : {});
    const answer = await askJson<{ replayed: number }>(target, '/v1/dead-letters/replay', { method: 'POST', body });
    replayed += answer.replayed;
    more = ids.length === 0 && answer.replayed > 0;
  }
  printResult({ replayed }, json, () => [`${count(replayed)} given to the queue again`]);
}

function describeMessage(message: FeedbackMessage): string {
  switch (message.kind) {
    case 'interactions':
      return `${message.interactions.length} interactions of ${[...new Set(message.interactions.map(({ user }) => user))].join(', ')}`;
    case 'erase':
      return `erase ${message.user}`;
    case 'merge':
      return `merge ${message.visitor} into ${message.user}`;
  }
}
