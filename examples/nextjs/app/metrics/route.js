import { fetchHandler } from 'prom-multiproc';

// Made at each request, not at the build.
export const dynamic = 'force-dynamic';
export const GET = fetchHandler();
