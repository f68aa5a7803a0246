import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Processes that wanted a core in the minute before: above `cores` the absolute figures are too high. */
  readonly load: number;
}

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  load: loadavg()[0]!,
});

const PACKAGES = ['workerd', 'wrangler', 'miniflare', 'hono', 'onnxruntime-web', '@orama/orama'] as const;

export function readVersions(): Record<string, string> {
  const versionOf = (name: string) => {
    const manifest = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8');
    return (JSON.parse(manifest) as { version: string }).version;
  };
  return { node: process.versions.node, ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])) };
}
