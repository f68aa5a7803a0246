import { Option, type Command } from 'commander';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import { parseTenant } from './options.ts';

/** Adds the options that say which store is meant: a place for a local one means that it is local, and the account is not touched. */
export function withStore(command: Command): Command {
  return command
    .option('--local', 'the store of `wrangler dev` on this machine instead of the account (which needs `npx wrangler login`)', false)
    .addOption(new Option('--persist-to <folder>', 'where the local store is kept, as for `wrangler dev`').implies({ local: true }));
}

/** The same, and whose part of it. */
export function withTenantStore(command: Command): Command {
  return withStore(command).option('--tenant <name>', 'whose catalogue it is', parseTenant, DEFAULT_TENANT);
}
