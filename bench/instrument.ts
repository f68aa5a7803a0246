import { isList, type Wat } from './wat.ts';

/** The global, an i64, in which an instrumented module counts the instructions that it executed. */
export const EXECUTED = 'executed';

const DECLARATIONS = new Set(['param', 'result', 'local', 'export', 'type']);
const BLOCKS = new Set(['block', 'loop', 'then', 'else']);

/**
 * The same module, counting every instruction that it executes; what is added to count is not counted. Functions are to be written in folded
 * form, with blocks and branches as statements of their own: what is in one statement is then executed as a whole or not at all.
 * Throws on a block inside an expression.
 */
export function instrument(module: Wat): Wat {
  const fields = module.map((field) => (isList(field) && field[0] === 'func' ? instrumentBody(field) : field));
  return [...fields, ['global', `$${EXECUTED}`, ['export', `"${EXECUTED}"`], ['mut', 'i64'], ['i64.const', '0']]];
}

/** Of a function or a block: its head as it is, its statements counted. */
function instrumentBody(list: Wat): Wat {
  return list.flatMap((each) => (!isList(each) || DECLARATIONS.has(each[0] as string) ? [each] : instrumentStatement(each)));
}

function instrumentStatement(statement: Wat): Wat {
  const head = statement[0] as string;
  if (head === 'if') {
    const [condition, ...branches] = statement.slice(1).filter(isList);
    return [countUp(1 + sizeOf(condition!)), ['if', condition!, ...branches.map(instrumentBody)]];
  }
  if (BLOCKS.has(head)) return [countUp(1), instrumentBody(statement)];
  return [countUp(sizeOf(statement)), statement];
}

/** Instructions of an expression: each is a list. */
function sizeOf(expression: Wat): number {
  const head = expression[0] as string;
  if (head === 'if' || BLOCKS.has(head)) throw new SyntaxError(`${head} stands inside an expression`);
  return expression.filter(isList).reduce((sum, each) => sum + sizeOf(each), 1);
}

const countUp = (by: number): Wat => ['global.set', `$${EXECUTED}`, ['i64.add', ['global.get', `$${EXECUTED}`], ['i64.const', String(by)]]];
