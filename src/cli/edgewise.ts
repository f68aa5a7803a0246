import { Command, CommanderError } from 'commander';

import packageJson from '../../package.json' with { type: 'json' };
import { checkCommand } from './check.ts';
import { devCommand } from './dev.ts';
import { distillCommand } from './distill.ts';
import { dlqCommand } from './dlq.ts';
import { evaluateCommand } from './evaluate.ts';
import { evaluateColdCommand } from './evaluate-cold.ts';
import { evaluateSearchCommand } from './evaluate-search.ts';
import { importCommand } from './import.ts';
import { inspectCommand } from './inspect.ts';
import { keysCommand } from './keys.ts';
import { printFault } from './output.ts';
import { publishCommand } from './publish.ts';
import { refreshCommand } from './refresh.ts';
import { replayCommand } from './replay.ts';
import { shadowCommand } from './shadow.ts';
import { simulateCommand } from './simulate.ts';
import { snapshotsCommand } from './snapshots.ts';
import { trainCommand } from './train.ts';

/** Exit codes: 0 done, 1 it failed, 2 it was called wrongly. */
const FAILED = 1;
const MISUSED = 2;

const commands = [
  importCommand(),
  trainCommand(),
  distillCommand(),
  evaluateCommand(),
  evaluateSearchCommand(),
  evaluateColdCommand(),
  replayCommand(),
  simulateCommand(),
  checkCommand(),
  publishCommand(),
  shadowCommand(),
  inspectCommand(),
  snapshotsCommand(),
  refreshCommand(),
  keysCommand(),
  dlqCommand(),
  devCommand(),
];

const program = new Command('edgewise')
  .description(packageJson.description)
  .version(packageJson.version)
  .exitOverride()
  .showHelpAfterError();
for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program));
  for (const subcommand of command.commands) subcommand.copyInheritedSettings(program);
}

let json = false;
program.hook('preAction', (_, command) => {
  json = command.opts()['json'] === true;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : MISUSED;
  } else {
    printFault(error, json);
    process.exitCode = FAILED;
  }
}
