import { type Answer, lineAnswer, type PageRequest } from './answer.js';

/** Where the page for people is. */
export const UI_PATH = '/';
/** Where the report on the merged page is. */
export const FAMILIES_PATH = '/api/families';

/** Answers the requests for one path. */
export type Route = (request: PageRequest) => Answer | Promise<Answer>;

/** Leads each request to the route of exactly its path, and to 404 where there is none. */
export function router(routes: ReadonlyMap<string, Route>): Route {
  return (request) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const route = routes.get(path);
    return route === undefined ? lineAnswer(request, 404, 'Not Found') : route(request);
  };
}
