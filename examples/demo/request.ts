import { type Agent, get, type IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  /** Process that answered. */
  readonly pid: number;
  readonly body: string;
}

/** One GET request to this machine. */
export async function request(port: number, path: string, agent: Agent): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, resolve).on('error', reject);
  });
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode ?? 0, pid: Number(response.headers['x-worker']), body };
}
