/** The rooms of `src/` in the order in which they may build on each other: an arrow goes to an earlier room only. */
const ROOMS = [
  'domain',
  'kernel',
  'access',
  'model',
  'catalog',
  'session',
  'feedback',
  'flight',
  'intent',
  'llm',
  'experiments',
  'rerank',
  'explain',
  'chat',
  'recommend',
  'http',
  'compose',
  'dataset',
  'training',
  'evaluation',
  'cli',
];

/** Rooms that a room may not import although they come before it. */
const CLOSED = {
  kernel: ['domain'],
  // Who may call is asked at the door: what answers does not know of keys.
  model: ['access'],
  catalog: ['access'],
  // A user's past and what is counted know nothing of each other or of models: what they share sinks to domain/.
  session: ['kernel', 'access', 'model', 'catalog'],
  feedback: ['kernel', 'access', 'model', 'catalog', 'session'],
  // Doing something once for all who ask knows nothing of what is done.
  flight: ['kernel', 'access', 'model', 'catalog', 'session', 'feedback'],
  intent: ['access', 'session', 'feedback'],
  // Who asks a language model knows the words of `domain/language-model.ts`; which endpoint answers is its business.
  llm: ['kernel', 'access', 'model', 'catalog', 'session', 'feedback', 'flight', 'intent'],
  // What is put in order and who does it are told: it knows lists and answers.
  rerank: ['access', 'model', 'catalog', 'session', 'feedback', 'intent', 'llm', 'experiments'],
  experiments: ['access', 'model', 'catalog', 'session', 'feedback', 'flight', 'intent', 'llm'],
  explain: ['access', 'session', 'feedback', 'intent', 'llm', 'rerank'],
  // It is told what tools find; who searches and who answers is not its business.
  chat: ['kernel', 'access', 'model', 'catalog', 'session', 'feedback', 'flight', 'intent', 'llm', 'experiments', 'rerank'],
  recommend: ['access', 'llm', 'chat'],
  dataset: [
    'access',
    'model',
    'catalog',
    'session',
    'feedback',
    'flight',
    'intent',
    'llm',
    'rerank',
    'explain',
    'chat',
    'recommend',
    'http',
    'compose',
  ],
  training: ['access', 'http', 'llm', 'chat', 'compose'],
  evaluation: ['access', 'explain', 'chat', 'http', 'llm', 'compose'],
  cli: ['http', 'explain', 'chat', 'compose'],
};

const room = (name) => `^src/${name}/`;
const anyOf = (names) => `^src/(${names.join('|')})/`;

const arrows = ROOMS.map((name, at) => ({
  name: `arrows-from-${name}`,
  severity: 'error',
  comment: `${name}/ builds on earlier rooms only; see docs/architecture.md`,
  from: { path: room(name) },
  to: { path: anyOf([...ROOMS.slice(at + 1), ...(CLOSED[name] ?? []), 'nowhere']) },
}));

module.exports = {
  forbidden: [
    ...arrows,
    { name: 'no-circles', severity: 'error', from: { path: '^src' }, to: { circular: true } },
    {
      name: 'worker-without-node',
      severity: 'error',
      comment: 'what the Worker reaches runs in workerd: no Node modules, no training, no evaluation, no command line',
      from: {
        path: '^src/(worker\\.ts|workflow\\.ts|domain/|kernel/|access/|catalog/|session/|feedback/|flight/|intent/|llm/|experiments/|rerank/|explain/|chat/|recommend/|http/|compose/|model/(?!onnx\\.ts))',
      },
      to: { path: ['^src/(dataset|training|evaluation|cli)/', '^src/model/onnx\\.ts$', 'node_modules/onnxruntime-node/'] },
    },
    {
      name: 'node-only-in-node-rooms',
      severity: 'error',
      from: { path: '^src/(?!dataset/|training/|evaluation/|cli/)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-door-to-onnxruntime',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(model/runtime|compose/engine|training/session)\\.ts$' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'protobuf-only-for-onnx',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/model/(onnx|read-onnx)\\.ts$' },
      to: { path: 'node_modules/pbf' },
    },
    { name: 'hono-only-in-http', severity: 'error', from: { path: '^src', pathNot: '^src/http/' }, to: { path: 'node_modules/hono' } },
    {
      name: 'one-door-to-workers',
      severity: 'error',
      comment: 'Durable Objects are thin shells: what they do stands in plain functions beside them',
      from: { path: '^src', pathNot: '^src/((session|llm|flight)/object|workflow|worker)\\.ts$' },
      to: { path: '^cloudflare:' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: { path: '^src' }, to: { couldNotResolve: true, pathNot: '^cloudflare:' } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '\\.wasm$'] },
    tsConfig: { fileName: 'tsconfig.node.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
      extensions: ['.ts', '.js', '.wasm', '.json'],
    },
  },
};
