/** `GET /v1/models`: what every configured upstream has, under the names that route to it. */
import { Router } from 'express';
import type { ModelLister } from '../../exchange/list-models.ts';

export function createModelsRouter(listModels: ModelLister): Router {
  const router = Router();
  router.get('/models', async (request, response) => {
    const data = await listModels(request.rawHeaders);
    response.json({ object: 'list', data });
  });
  router.get('/models/*model', async (request, response) => {
    const wanted = (request.params as unknown as { model: string[] }).model.join('/');
    const found = (await listModels(request.rawHeaders)).find(({ id }) => id === wanted);
    if (!found) {
      response.status(404).json({
        error: {
          message: `The model '${wanted}' does not exist.`,
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_found',
        },
      });
      return;
    }
    response.json(found);
  });
  return router;
}
