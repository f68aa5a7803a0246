import { printFault } from '../src/cli/output.ts';

/** The action of a bench's command line: a fault is told as `edgewise` tells its own, and makes the exit code 1. */
export function tellingFaults<Options extends { readonly json: boolean }>(
  run: (options: Options) => Promise<void>,
): (options: Options) => Promise<void> {
  return async (options) => {
    try {
      await run(options);
    } catch (fault) {
      printFault(fault, options.json);
      process.exitCode = 1;
    }
  };
}
