/** What a public key may call; whatever is not here is for server keys. */
const PUBLIC_ROUTES: readonly (readonly [method: string, path: RegExp])[] = [
  ['POST', /^\/v1\/recommendations$/],
  ['POST', /^\/v1\/search$/],
  ['POST', /^\/v1\/chat$/],
  ['POST', /^\/v1\/interactions$/],
  ['POST', /^\/v1\/visitors$/],
  ['GET', /^\/v1\/items(\/[^/]+(\/similar)?)?$/],
  ['GET', /^\/v1\/(popular|trending|health)$/],
  ['GET', /^\/v1\/explanations\/[^/]+$/],
  // Of the user that a token names, which the routes see to.
  ['GET', /^\/v1\/users\/[^/]+$/],
  ['DELETE', /^\/v1\/users\/[^/]+$/],
  ['POST', /^\/v1\/users\/[^/]+\/merge$/],
  ['POST', /^\/v1\/users\/[^/]+\/critiques$/],
  ['DELETE', /^\/v1\/users\/[^/]+\/critiques\/[^/]+$/],
];

/** Whether a public key may call a route. */
export function isPublicRoute(method: string, path: string): boolean {
  const asked = method === 'HEAD' ? 'GET' : method;
  return PUBLIC_ROUTES.some(([allowed, pattern]) => allowed === asked && pattern.test(path));
}

/** Whether a route answers without any key: what watches over the service has none. */
export function needsNoKey(path: string): boolean {
  return path === '/v1/health';
}
