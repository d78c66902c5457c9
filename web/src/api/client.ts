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
  delete: <T>(path: string) => request<T>('DELETE', path),
};

/** Sends a file; `onProgress` hears the share sent, 0 to 1. Fetch does not tell progress, so XHR. */
export function upload<T>(
  path: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
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

/**
 * Asks for a file and has the browser save it; `onBytes` hears how much has come. The body goes from the network into a
 * blob, which the browser keeps on disk when it is large.
 */
export async function download(
  path: string,
  body: unknown,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let response: Response;
  let blob: Blob;
  try {
    response = await fetch(`/api${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok || !response.body) throw readProblem(response.status, await response.text());
    let bytes = 0;
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        onBytes(bytes);
        controller.enqueue(chunk);
      },
    });
    const type = response.headers.get('content-type') ?? '';
    blob = await new Response(response.body.pipeThrough(counted), { headers: { 'content-type': type } }).blob();
  } catch (error) {
    if (error instanceof ApiProblem || (error instanceof DOMException && error.name === 'AbortError')) throw error;
    throw new ApiProblem({ status: 0, code: 'unreachable' });
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileNameIn(response.headers.get('content-disposition') ?? '');
  link.click();
  // Some browsers begin to read only after the click has been dealt with.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The name in a Content-Disposition (RFC 6266): the one in UTF-8 before the plain one. */
function fileNameIn(disposition: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/i.exec(disposition)?.[1] ?? 'export.csv';
}
