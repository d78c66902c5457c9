import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestApp, type TestApp } from '../../test/test-app.js';
import { insertBase } from '../../test/lead-rows.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import type { Problem } from '../common/problem.js';
import { statement } from '../database/statement.js';
import { ErasureProcessor } from '../erasure/erasure.processor.js';
import type { ErasureView } from '../erasure/erasure.dto.js';
import { LeadsService } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import type { ConsentEntryView } from './consent.dto.js';
import type { DossierView } from './dossier.dto.js';
import type { AddedSuppressionView, SuppressionView } from './suppression.dto.js';

const ROLES = ['marketer', 'manager', 'operator'] as const;
type Role = (typeof ROLES)[number];

const NUMBER = '+33199009001';
const OTHER = '+33199009002';
const GRANT = {
  ...{ number: NUMBER, scope: 'company', form: 'written', source: 'Form 7', wording: 'You may call me.' },
  proof: { kind: 'paper', reference: 'folder 12' },
  at: '2026-02-01T10:00:00Z',
};

describe('numbers in the API', () => {
  let test: TestApp;
  const cookies = { marketer: '', manager: '', operator: '' };

  beforeAll(async () => {
    test = await createTestApp();
    const password = 'a long password';
    for (const role of ROLES) {
      await test.app.get(UsersService).createUser({ organisationId: 1, login: role, name: role, role, password });
      const attempt = { login: role, password, address: '127.0.0.1', userAgent: null, formerToken: null };
      cookies[role] = `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`;
    }
    await insertPerson();
  }, 60_000);

  afterAll(() => test.close());

  /** Anna, with both numbers. */
  async function insertPerson(): Promise<void> {
    const { database } = test.database;
    const baseId = await insertBase(database, 'A base');
    const [bucketId] = await test.app.get(LeadsService).bucketIds([{ country: 'FR', zones: ['Europe/Paris'] }]);
    const vault = test.app.get(PhoneVault);
    const [lead] = await database.query<{ id: number }>(
      statement(
        '',
        `insert into leads (organisation_id, base_id, import_id, name, attributes, created_at)
         values (1, $1, (select max(id) from imports), 'Anna', '{"job": "nurse"}', '2026-01-01') returning id`,
      ),
      [baseId],
    );
    for (const [index, number] of [NUMBER, OTHER].entries()) {
      const { sealed, matchHash } = vault.seal(1, number);
      await database.query(
        statement(
          '',
          `insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
           values (1, $1, $2, $3, $4, $5, 'FR', 'fixed_line', $6, $7)`,
        ),
        [lead!.id, baseId, index + 1, sealed, matchHash, bucketId, number.slice(-2)],
      );
    }
  }

  async function ask<T>(role: Role, method: string, path: string, body?: unknown) {
    const response = await fetch(`${test.url}/api${path}`, {
      method,
      headers: { cookie: cookies[role], origin: test.url, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // No answer ever holds a number.
    for (const number of [NUMBER, OTHER]) expect(text).not.toContain(number.slice(4));
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as T & Partial<Problem> };
  }

  it('are given consent, which is found and taken back', async () => {
    const made = await ask<ConsentEntryView>('marketer', 'POST', '/consents', GRANT);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ kind: 'granted', form: 'written', scope: 'company', proven: true, wording: 'You may call me.' },
        ...{ proof: GRANT.proof, at: '2026-02-01T10:00:00.000Z', recordedBy: 'marketer', uses: [] },
      },
    });
    const found = await ask<ConsentEntryView[]>('marketer', 'POST', '/consents/find', {
      ...{ number: '01 99 00 90 01', country: 'FR' },
    });
    expect(found).toMatchObject({ status: 200, body: [made.body] });
    const withdrawal = { number: NUMBER, scope: 'company', purpose: 'sales', source: 'A letter' };
    expect(await ask('marketer', 'POST', '/consents/withdraw', withdrawal)).toMatchObject({
      ...{ status: 200, body: { kind: 'withdrawn', purpose: 'sales', source: 'A letter' } },
    });
  });

  it.each([
    [{ ...GRANT, proof: undefined }, 'proof'],
    [{ ...GRANT, proof: { kind: 'hearsay', reference: 'x' } }, 'proof.kind'],
    [{ ...GRANT, proof: { kind: 'paper', reference: '  ' } }, 'proof.reference'],
    [{ ...GRANT, wording: ' ' }, 'wording'],
    [{ ...GRANT, at: 'yesterday' }, 'at'],
    [{ ...GRANT, scope: 'world' }, 'scope'],
  ])('take no consent without proof or sense', async (body, field) => {
    const answer = await ask('manager', 'POST', '/consents', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors!.map((error) => error.field)).toContain(field);
  });

  it('are suppressed by marketers, and freed by managers alone, with evidence', async () => {
    const made = await ask<AddedSuppressionView>('marketer', 'POST', '/suppressions', {
      ...{ number: NUMBER, scope: 'company', reason: 'request', evidence: 'A letter' },
    });
    expect(made).toMatchObject({
      status: 201,
      body: { numbers: 2, suppression: { maskedPhone: '+33 ••• •• 01', reason: 'request', createdBy: 'marketer' } },
    });
    const { id } = made.body.suppression;
    expect((await ask<SuppressionView[]>('marketer', 'GET', '/suppressions?reason=request')).body).toHaveLength(2);
    const revoke = (role: Role, evidence: string) => ask(role, 'POST', `/suppressions/${id}/revoke`, { evidence });
    expect(await revoke('marketer', 'Mine')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await revoke('manager', ' ')).toMatchObject({ status: 422 });
    expect(await revoke('manager', 'A mistake')).toMatchObject({
      ...{ status: 200, body: { revokedBy: 'manager', revokeEvidence: 'A mistake' } },
    });
    expect(await ask('manager', 'POST', '/suppressions', { ...GRANT, number: 'abc' })).toMatchObject({ status: 422 });
  });

  it('have a dossier, for managers alone; each look at it is noted', async () => {
    expect(await ask('marketer', 'POST', '/dossiers', { number: NUMBER })).toMatchObject({ status: 403 });
    const { status, body } = await ask<DossierView>('manager', 'POST', '/dossiers', { number: NUMBER });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ maskedPhone: '+33 ••• •• 01', country: 'FR', suppressed: 'no', prefix: null },
      leads: [{ name: 'Anna', baseName: 'A base', attributes: { job: 'nurse' } }],
      suppressions: [{ reason: 'request', inForce: false, revokedBy: 'manager' }],
      ...{ lists: [], attempts: [], refusals: [], callbacks: [], complaints: [], erasures: [] },
    });
    expect(body.leads[0]!.phones).toEqual([
      { position: 1, asked: true, maskedPhone: '+33 ••• •• 01' },
      { position: 2, asked: false, maskedPhone: '+33 ••• •• 02' },
    ]);
    expect(body.consents.map(({ kind }) => kind)).toEqual(['granted', 'withdrawn', 'withdrawn']);
    const actions = body.changes.map(({ action, actor }) => [action, actor]);
    expect(actions[0]).toEqual(['dossier_read', 'manager']);
    expect(actions).toContainEqual(['consent_granted', 'marketer']);

    const file = await ask<DossierView>('manager', 'POST', '/dossiers/export', { number: NUMBER });
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="dossier-.*\.json"$/);
    expect(file.body).toMatchObject({
      maskedPhone: '+33 ••• •• 01',
      changes: [{ action: 'dossier_export' }, {}, {}, {}],
    });
    const other = await ask<DossierView>('manager', 'POST', '/dossiers', { number: OTHER });
    expect(other.body).toMatchObject({ suppressed: 'everywhere', suppressions: [{ inForce: true }] });
  });

  it('are erased by managers, with their person; the dossier remembers that and nobody’s name', async () => {
    const wish = { number: NUMBER, evidence: 'A letter' };
    expect(await ask('marketer', 'POST', '/erasures', wish)).toMatchObject({ status: 403 });
    const asked = await ask<ErasureView>('manager', 'POST', '/erasures', wish);
    expect(asked).toMatchObject({
      status: 202,
      body: { state: 'queued', evidence: 'A letter', requestedBy: 'manager' },
    });
    const { id } = asked.body;
    const processor = test.app.get(ErasureProcessor);
    const { database } = test.database;
    const turn = { signal: new AbortController().signal, cancelRequested: false, advance: async () => undefined };
    const job = { payload: { erasureId: id }, progress: {} } as Parameters<ErasureProcessor['run']>[0];
    expect(await processor.run(job, turn)).toBe('done');
    await database.transaction((tx) => processor.ended(tx, job, { state: 'succeeded', problem: null }));
    expect((await ask<ErasureView>('manager', 'GET', `/erasures/${id}`)).body).toMatchObject({
      ...{ state: 'done', leads: 1, phones: 2 },
    });
    expect((await ask<ErasureView[]>('manager', 'GET', '/erasures')).body).toHaveLength(1);
    const { body } = await ask<DossierView>('manager', 'POST', '/dossiers', { number: OTHER });
    expect(body).toMatchObject({ leads: [], suppressed: 'everywhere', erasures: [{ id, state: 'done' }] });
    expect(body.suppressions).toMatchObject([{ reason: 'request' }, { reason: 'erasure', inForce: true }]);
    expect(body.suppressions[0]!.maskedPhone).toBeNull();
    expect(JSON.stringify(body)).not.toContain('Anna');
  });
});
