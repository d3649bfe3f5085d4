import type { IncomingMessage } from 'node:http';

/** What Express 4 and 5, and the package router, put on a request. */
export interface ExpressRequest extends IncomingMessage {
  readonly app?: Application;
  /** The part of the path that mounts have taken, as it came. */
  readonly baseUrl?: string;
  readonly route?: Route;
}

interface Route {
  /** A string, a regular expression, or a list of them. */
  readonly path?: unknown;
}

interface Router {
  readonly stack: readonly Layer[];
}

interface Application {
  /** Of Express 4, whose `router` throws. */
  readonly _router?: Router;
  readonly router?: Router;
  readonly parent?: Application;
  readonly mountpath?: unknown;
}

/** One entry of a router: a route, a mounted router, or a middleware. */
interface Layer {
  readonly route?: Route;
  readonly handle?: { readonly stack?: readonly Layer[] };
  /** What `use` was given; from version 2.3 of router. */
  readonly rawPath?: unknown;
  /** Of Express 4: a regular expression that begins with the path, and its parameters. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
  /** Of version 2 of router. */
  readonly slash?: boolean;
  readonly matchers?: readonly ((path: string) => { readonly path: string } | false)[];
}

/** The mounts that lead to a route, outermost first. */
type Mounts = readonly Layer[];

/** Stands for a mount whose pattern cannot be read. */
const ANYTHING = '/*';

/**
 * The pattern of the route that took the request, with those of the mounts before it.
 * `baseUrl` has the values of a mount's parameters, and spellings as clients choose them,
 * and so takes no part in it but to tell two mounts of one router apart.
 */
export function expressRoute({ app, baseUrl = '', route }: ExpressRequest): string | undefined {
  if (route?.path === undefined) return undefined;
  const own = patternOf(route.path);
  if (baseUrl === '') return own;
  const prefix = app === undefined ? '' : mountedAt(app) + mountsBefore(app, route, baseUrl);
  // The root of a mounted router is the mount.
  return own === '/' && prefix !== '' ? prefix : prefix + own;
}

function patternOf(path: unknown): string {
  return Array.isArray(path) ? path.map(patternOf).join(',') : String(path);
}

/** Where an application is mounted in others. */
function mountedAt({ parent, mountpath }: Application): string {
  return parent === undefined ? '' : mountedAt(parent) + prefixOf(mountpath);
}

const mountsByRoute = new WeakMap<Route, readonly Mounts[]>();

function mountsBefore(app: Application, route: Route, baseUrl: string): string {
  let known = mountsByRoute.get(route);
  if (known === undefined) {
    const router = app._router ?? app.router;
    known = router === undefined ? [] : mountsTo(route, router.stack, []);
    mountsByRoute.set(route, known);
  }
  const mounts = known.length > 1 ? known.find((each) => lead(each, baseUrl)) : known[0];
  return mounts?.map(mountPattern).join('') ?? '';
}

/** Every way to a route; a router may be mounted several times, but not in itself. */
function mountsTo(route: Route, stack: readonly Layer[], above: Mounts): Mounts[] {
  return stack.flatMap((layer) => {
    if (layer.route === route) return [above];
    const inner = layer.handle?.stack;
    if (layer.route !== undefined || inner === undefined || above.includes(layer)) return [];
    return mountsTo(route, inner, [...above, layer]);
  });
}

/** Whether a path is what these mounts take. */
function lead(mounts: Mounts, path: string): boolean {
  let rest = path;
  for (const mount of mounts) {
    if (mount.slash === true || mount.regexp?.fast_slash === true) continue;
    const match = mount.regexp?.exec(rest)?.[0] ?? matched(mount, rest);
    if (match === undefined) return false;
    rest = rest.slice(match.endsWith('/') ? match.length - 1 : match.length);
  }
  return rest === '' || rest === '/';
}

function matched({ matchers = [] }: Layer, path: string): string | undefined {
  for (const matcher of matchers) {
    const match = matcher(path);
    if (match !== false) return match.path;
  }
  return undefined;
}

function mountPattern(layer: Layer): string {
  const { rawPath, regexp, slash } = layer;
  if (slash === true || regexp?.fast_slash === true) return '';
  if (rawPath !== undefined) return prefixOf(rawPath);
  return regexp === undefined ? ANYTHING : (sourcePattern(layer, regexp.source) ?? ANYTHING);
}

function prefixOf(path: unknown): string {
  return patternOf(path).replace(/\/+$/, '');
}

/** Ends what path-to-regexp 0.1 makes of a mount's path. */
const MOUNT_END = '\\/?(?=\\/|$)';
/** A parameter in what it makes, before and after its version 0.1.11. */
const PARAMETER = /\\\/\(\?:\(\[\^\\?\/\]\+\?\)\)|\(\?:\\\/\(\[\^\\?\/\]\+\?\)\)\??/g;

/** The path from which Express 4 made a mount's regular expression, where it is a plain one. */
function sourcePattern({ keys = [] }: Layer, source: string): string | undefined {
  if (!source.startsWith('^') || !source.endsWith(MOUNT_END)) return undefined;
  let used = 0;
  const path = source
    .slice(1, -MOUNT_END.length)
    .replace(PARAMETER, () => `/:${keys[used++]?.name}`)
    .replace(/\\([/.])/g, '$1');
  return used === keys.length && /^[\w\-./:~]*$/.test(path) ? path : undefined;
}
