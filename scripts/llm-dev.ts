/** `npm run llm:dev`: a language model's endpoint on this machine, without a model. docs/api.md says how to use one with a model instead. */
import { startStandIn } from './llm-stand-in.ts';

const DEFAULT_PORT = 8788;

const port = Number(process.argv[2] ?? DEFAULT_PORT);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('usage: npm run llm:dev -- [port]');
  process.exit(2);
}
const { url } = await startStandIn(port);
const endpoints = [{ name: 'dev', region: 'dev', url, model: 'any', tools: true }];
console.log(`A stand-in without a model listens on ${url}. Put this line into the file .dev.vars, then start npm run dev:\n`);
console.log(`LLM_ENDPOINTS='${JSON.stringify(endpoints)}'`);
