import { AuthService } from '../src/auth/auth.service.js';
import { UsersService } from '../src/auth/users.service.js';
import { JobRunner } from '../src/jobs/job-runner.js';
import type { ImportView, UploadView } from '../src/lead-import/import.dto.js';
import { LeadImportService } from '../src/lead-import/lead-import.service.js';
import { HUB, type Hub } from '../src/realtime/hub.js';
import { createTestApp, type TestApp } from './test-app.js';

export interface Answer<Body> {
  status: number;
  body: Body;
  text: string;
  headers: Headers;
}

/** The application with somebody of each role who imports, and what they ask of it. */
export async function createImportApp(settings: Parameters<typeof createTestApp>[0] = {}) {
  const test: TestApp = await createTestApp(settings);
  const cookies = { marketer: '', manager: '', operator: '' };
  const password = 'a long password';
  for (const role of ['marketer', 'manager', 'operator'] as const) {
    await test.app.get(UsersService).createUser({ organisationId: 1, login: role, name: `A ${role}`, role, password });
    const attempt = { login: role, password, address: '127.0.0.1', userAgent: null, formerToken: null };
    cookies[role] = `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`;
  }

  const ask = async <Body = Record<string, unknown>>(
    role: keyof typeof cookies,
    method: string,
    path: string,
    body?: FormData | object,
  ): Promise<Answer<Body>> => {
    const isJson = body !== undefined && !(body instanceof FormData);
    const response = await fetch(`${test.url}/api${path}`, {
      method,
      headers: { cookie: cookies[role], origin: test.url, ...(isJson && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return {
      ...{ status: response.status, text, headers: response.headers },
      body: (/json/.test(type) ? JSON.parse(text) : null) as Body,
    };
  };

  const fileForm = (content: Buffer | string, name: string, options?: unknown): FormData => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
    if (options !== undefined) form.append('options', typeof options === 'string' ? options : JSON.stringify(options));
    return form;
  };

  const upload = (content: Buffer | string, name = 'leads.csv') =>
    ask<UploadView & { code?: string }>('marketer', 'POST', '/uploads', fileForm(content, name));

  /** An import once it is in one of these states, as the hub tells of it. */
  const reached = async (id: number, states: readonly string[]): Promise<ImportView> => {
    const hub = test.app.get<Hub>(HUB);
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        const stop = hub.subscribe((topic) => {
          if (topic.kind !== 'import' || topic.id !== id) return;
          stop();
          resolve();
        });
      });
      const { state } = await test.app.get(LeadImportService).getImport(1, id);
      if (states.includes(state)) return (await ask<ImportView>('marketer', 'GET', `/imports/${id}`)).body;
      await heard;
    }
  };

  return {
    ...{ test, ask, fileForm, upload, reached },
    /** Until no job is left. */
    drain: () => test.app.get(JobRunner).drain(),
    close: () => test.close(),
  };
}

export type ImportApp = Awaited<ReturnType<typeof createImportApp>>;
