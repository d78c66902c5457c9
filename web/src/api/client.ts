import type { ProblemDocument } from './contract';

/** A request that failed, with the problem document that came back, or one made here where none did. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field?: string;
  readonly fix?: string;
  readonly errors: { field: string; code: string; message: string }[];
  /** Further members of the problem document, such as the nearest allowed time. */
  readonly more: Record<string, unknown>;

  constructor(document: Partial<ProblemDocument> & Record<string, unknown>) {
    super(document.detail ?? document.title ?? '');
    this.name = 'ApiProblem';
    this.status = document.status ?? 0;
    this.code = document.code ?? 'unexpected';
    this.field = document.field;
    this.fix = document.fix;
    this.errors = document.errors ?? [];
    const nested = typeof document.more === 'object' && document.more !== null ? document.more : {};
    this.more = { ...document, ...nested };
  }
}

/** Reads a body as a problem; a proxy's page or an empty body gives a plain one by status. */
export function readProblem(status: number, body: string): ApiProblem {
  if (body.trimStart().startsWith('{')) {
    try {
      return new ApiProblem({ status, ...(JSON.parse(body) as Record<string, unknown>) });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return new ApiProblem({ status, code: status >= 500 || status === 0 ? 'unavailable' : 'unexpected' });
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method,
      credentials: 'same-origin',
      // A mutation is told apart from a form of another site by its content type, so it always carries a JSON body.
      headers: method === 'GET' ? { accept: 'application/json' } : { 'content-type': 'application/json' },
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
      signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({ status: 0, code: 'unreachable' });
  }
  const text = await response.text();
  if (!response.ok) throw readProblem(response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) => request<T>('POST', path, body, signal),
  put: <T>(path: string, body?: unknown) => request<T>('PUT', path, body),
  patch: <T>(path: string, body?: unknown) => request<T>('PATCH', path, body),
};

/** Sends a file with its options; `onProgress` hears the share sent, 0 to 1. Fetch does not tell progress, so XHR. */
export function upload<T>(
  path: string,
  file: File,
  options: unknown,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    // The options come first, so that a server that streams the file knows them when it starts.
    form.append('options', JSON.stringify(options));
    form.append('file', file, file.name);
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `/api${path}`);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(JSON.parse(xhr.responseText) as T);
      else reject(readProblem(xhr.status, xhr.responseText));
    };
    xhr.onerror = () => reject(new ApiProblem({ status: 0, code: 'unreachable' }));
    xhr.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}
