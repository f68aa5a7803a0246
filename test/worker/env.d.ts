declare namespace Cloudflare {
  interface Env {
    readonly SNAPSHOTS: KVNamespace;
  }
}
