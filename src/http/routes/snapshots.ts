import { Hono } from 'hono';
import * as v from 'valibot';
import { activateVersion, listVersions, livePointer } from '../../catalog/activate.ts';
import { describeVersion } from '../../catalog/describe-version.ts';
import type { Services } from '../services.ts';
import { parseInput } from '../body.ts';

const VersionParams = v.object({ version: v.string() });

/** `GET /v1/snapshots` and `POST /v1/snapshots/{version}/activate`. */
export function snapshotRoutes({ storage, overlay }: Services): Hono {
  return new Hono()
    .get('/snapshots', async (c) => {
      const live = await livePointer(storage);
      const snapshots = (await listVersions(storage)).map(describeVersion);
      return c.json({ live: live?.version ?? null, previous: live?.previous?.version ?? null, snapshots });
    })
    .post('/snapshots/:version/activate', async (c) => {
      const { version } = parseInput(VersionParams, c.req.param());
      const { previous } = await activateVersion(version, storage);
      await overlay.publish(); // readers of an older version wait for one that tells what it lacks
      return c.json({ live: version, previous: previous?.version ?? null });
    });
}
