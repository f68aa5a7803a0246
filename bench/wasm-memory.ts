/** Counts the memories of WebAssembly of the isolate it is imported in: V8 tells of them neither as heap nor as buffers. */

const memories = new Set<WeakRef<WebAssembly.Memory>>();

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(made, [module, imports = {}]: [WebAssembly.Module, WebAssembly.Imports?]) {
    const instance = Reflect.construct(made, [module, imports]);
    const values = [instance.exports, ...Object.values(imports)].flatMap((group) => Object.values(group) as unknown[]);
    for (const value of new Set(values)) if (value instanceof WebAssembly.Memory) memories.add(new WeakRef(value));
    return instance;
  },
});

/** Bytes of those that are still in use. */
export const wasmBytes = (): number => [...memories].reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
