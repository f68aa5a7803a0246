/** Tells whoever watches over the service, by POST, and gives the status that came back. Rejects where the hook does not take it. */
export async function tellAlertHook(url: string, event: { readonly event: string; readonly [detail: string]: unknown }): Promise<number> {
  const body = JSON.stringify(event);
  const { ok, status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!ok) throw new Error(`the alert hook answered ${status}`);
  return status;
}
