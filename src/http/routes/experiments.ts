import { Hono } from 'hono';
import { EdgewiseError } from '../../domain/errors.ts';
import { reportOn } from '../../experiments/report.ts';
import { parseInput, readBody } from '../body.ts';
import { ExperimentBody, ExperimentParams } from '../experiment-body.ts';
import type { Services } from '../services.ts';

/** `/v1/experiments`: what is tried on a share of the users, and what came of it. Off or on takes effect without a deploy. */
export function experimentRoutes({ experiments }: Services): Hono {
  return new Hono()
    .get('/experiments', async (c) => c.json({ experiments: await experiments.all() }))
    .get('/experiments/:id', async (c) => {
      const { id } = parseInput(ExperimentParams, c.req.param());
      const experiment = await experiments.find(id);
      if (!experiment)
        throw new EdgewiseError('experiment_not_found', `There is no experiment "${id}". PUT /v1/experiments/{id} makes one.`);
      return c.json({ experiment, report: reportOn(experiment, await experiments.sums(id)) });
    })
    .put('/experiments/:id', async (c) => {
      const { id } = parseInput(ExperimentParams, c.req.param());
      const experiment = { id, ...(await readBody(c.req, ExperimentBody)) };
      await experiments.put(id, experiment);
      return c.json({ experiment });
    })
    .delete('/experiments/:id', async (c) => {
      const { id } = parseInput(ExperimentParams, c.req.param());
      await experiments.remove(id);
      return c.body(null, 204);
    });
}
