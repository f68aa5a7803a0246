/** Counts what the platform bills, inside the Worker of a bench. */

import { PRICED, type Priced } from './prices.ts';

export const counts: Record<Priced, number> = Object.fromEntries(PRICED.map((name) => [name, 0])) as Record<Priced, number>;

export const count = (name: Priced, by = 1): void => void (counts[name] += by);

/** Operations of a message: it is written, read and deleted. */
const OPERATIONS_OF_A_MESSAGE = 3;

/** The bindings, counted. */
export function countEnv<Env extends object>(env: Env): Env {
  const wrapped = Object.entries(env).map(([name, binding]): [string, unknown] => {
    if (name === 'SNAPSHOTS' || name === 'EXPLANATIONS') return [name, countCalls(binding, { get: 'KV reads', put: 'KV writes' })];
    if (name === 'LOG') return [name, countCalls(binding, { put: 'R2 writes', get: 'R2 reads' })];
    if (name === 'FEEDBACK') return [name, countDatabase(binding as D1Database)];
    if (name === 'SESSIONS') return [name, countObjects(binding as DurableObjectNamespace)];
    if (name === 'INTERACTIONS') return [name, countSends(binding as Queue)];
    return [name, binding];
  });
  return Object.fromEntries(wrapped) as Env;
}

/** The storage of a Durable Object, counted: of its SQLite every value is a row, and so is the alarm. */
export function countStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const kv = countCalls(storage.kv, {
    get: 'Durable Object rows read',
    put: 'Durable Object rows written',
    delete: 'Durable Object rows written',
    list: 'Durable Object rows read',
  });
  return countCalls(storage, { setAlarm: 'Durable Object rows written' }, { kv });
}

/** The same object; calls of the named methods are counted, and `replaced` stands in for properties. */
function countCalls<T>(target: T, methods: Readonly<Record<string, Priced>>, replaced: object = {}): T {
  return new Proxy(target as object, {
    get(object, name: string) {
      if (name in replaced) return (replaced as Record<string, unknown>)[name];
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (methods[name]) count(methods[name]);
        return (value as (...given: unknown[]) => unknown).apply(object, args);
      };
    },
  }) as T;
}

function countSends(queue: Queue): Queue {
  return {
    ...queue,
    send: async (...args: Parameters<Queue['send']>) => (count('queue operations', OPERATIONS_OF_A_MESSAGE), queue.send(...args)),
  };
}

/** Every call of a stub is a request. */
function countObjects(namespace: DurableObjectNamespace): DurableObjectNamespace {
  const countStub = (stub: object) =>
    new Proxy(stub, {
      get: (object, name: string) => {
        // Called by its name: a method of a stub has no methods of its own, not even `apply`.
        return (...args: unknown[]) => (
          count('Durable Object requests'),
          (object as Record<string, (...given: unknown[]) => unknown>)[name]!(...args)
        );
      },
    });
  const getByName = (name: string) => countStub(namespace.getByName(name));
  return new Proxy(namespace, { get: (object, name) => (name === 'getByName' ? getByName : Reflect.get(object, name, object)) });
}

function countDatabase(database: D1Database): D1Database {
  const counted = <R extends { meta: D1Meta }>(result: R): R => {
    count('D1 rows read', result.meta.rows_read);
    count('D1 rows written', result.meta.rows_written);
    return result;
  };
  const raw = new WeakMap<object, D1PreparedStatement>();
  const countStatement = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = {
      bind: (...values: unknown[]) => countStatement(statement.bind(...values)),
      all: async () => counted(await statement.all()),
      run: async () => counted(await statement.run()),
      first: async (column?: string) => {
        const [row] = counted(await statement.all<Record<string, unknown>>()).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
    } as unknown as D1PreparedStatement;
    raw.set(wrapped, statement);
    return wrapped;
  };
  return {
    prepare: (query: string) => countStatement(database.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) => (await database.batch(statements.map((of) => raw.get(of) ?? of))).map(counted),
  } as unknown as D1Database;
}
