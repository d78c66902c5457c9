/** Leads with a history of calls, made by the database itself: by hashes of their numbers, so that each run has the same. */

/** A number from 0 up to 1 that depends on the row's number `i` and on `salt` alone. */
const chance = (i, salt) => `((hashint8extended(${i}, ${salt}) & 1048575) / 1048576.0)`;
/** One of a list of texts. */
const oneOf = (i, salt, texts) =>
  `(array[${texts.map((text) => `'${text}'`).join(',')}])[1 + (hashint8extended(${i}, ${salt}) & 65535) % ${texts.length}]`;

const NAMES = ['Anna', 'Boris', 'Chi', 'Denis', 'Elena', 'Farid', 'Giang', 'Hoa', 'Igor', 'Julia', 'Kim', 'Linh'];
const SURNAMES = ['Ivanova', 'Petrov', 'Nguyen', 'Tran', 'Martin', 'Smirnov', 'Orlova', 'Pham', 'Dubois', 'Kuznetsov'];
const JOBS = ['nurse', 'teacher', 'driver', 'clerk', 'engineer', 'cook', 'guard', 'farmer', 'doctor', 'student'];
const REGIONS = Array.from({ length: 40 }, (_, i) => `Region ${i + 1}`);
const REASONS = ['too_expensive', 'has_contract', 'no_need', 'no_trust', 'bad_time'];
const RIVALS = ['Acme', 'Globex', 'Initech', 'Umbrella', 'Hooli'];

/** The instant at which the history ends and rules are asked. */
export const NOW = '2026-03-02T10:00:00Z';

/** Shares of the leads in each base. */
const BASES = [0.4, 0.3, 0.2, 0.1];

/**
 * `leads` leads with about 1.15 phones each, three attempts a lead (60% of the leads were ever called), dispositions of the
 * answered ones, and lead_history of it all. Triggers and foreign keys rest meanwhile: the rows are made to fit.
 */
export async function fillPastCalls(client, leads) {
  await client.query(`set session_replication_role = replica; set synchronous_commit = off`);
  await client.query(`
    insert into outcome_sets (organisation_id, name) values (1, 'bench');
    insert into buckets (country, zones) values ('RU', '{Europe/Moscow}'), ('RU', '{Asia/Yekaterinburg}'),
      ('RU', '{Asia/Novosibirsk,Asia/Omsk}'), ('VN', '{Asia/Ho_Chi_Minh}'), ('FR', '{Europe/Paris}');
    insert into campaigns (organisation_id, name, outcome_set_id, state, hours, created_at, updated_at)
      select 1, 'Campaign ' || n, (select max(id) from outcome_sets), case when n <= 2 then 'running' else 'finished' end,
        '{}', '${NOW}', '${NOW}' from generate_series(1, 6) n;
    insert into bases (organisation_id, name, country, created_at)
      select 1, 'Base ' || n, 'RU', '${NOW}' from generate_series(1, ${BASES.length}) n;
    insert into imports (organisation_id, base_id, file_name, file_bytes, file_sha256, options, state, created_at)
      select 1, id, 'bench.csv', 0, '', '{}', 'done', '${NOW}' from bases order by id;
    insert into base_attributes (base_id, name, type) select b.id, a.name, a.type from bases b, (values ('age', 'number'),
      ('income', 'number'), ('job', 'text'), ('city', 'text'), ('contract_ends', 'date'), ('vip', 'boolean'),
      ('interests', 'list'), ('comment', 'text')) a (name, type)`);
  const restore = await dropIndexes(client, ['leads', 'phones', 'calling_list_entries', 'attempts', 'dispositions']);
  const base = BASES.slice(0, -1)
    .map((_, at) => `(i > ${Math.round(leads * sum(BASES.slice(0, at + 1)))})::int`)
    .join(' + ');
  await client.query(`
    insert into leads (organisation_id, base_id, import_id, external_id, name, region, attributes, priority, created_at,
      row_number, owner_id, consent_id)
    select 1, 1 + ${base}, 1 + ${base}, case when ${chance('i', 1)} < 0.5 then 'C' || i end,
      ${oneOf('i', 2, NAMES)} || ' ' || ${oneOf('i', 3, SURNAMES)},
      case when ${chance('i', 4)} < 0.9 then ${oneOf('i', 5, REGIONS)} end,
      jsonb_strip_nulls(jsonb_build_object(
        'age', case when ${chance('i', 6)} < 0.95 then 18 + floor(${chance('i', 7)} * 62)::int end,
        'income', case when ${chance('i', 8)} < 0.7 then 20000 + floor(${chance('i', 9)} * 180000)::int end,
        'job', ${oneOf('i', 10, JOBS)},
        'city', case when ${chance('i', 11)} < 0.9 then 'City ' || floor(${chance('i', 12)} * 300)::int end,
        'contract_ends', case when ${chance('i', 13)} < 0.4 then (date '2025-06-01' + floor(${chance('i', 14)} * 700)::int)::text end,
        'vip', case when ${chance('i', 15)} < 0.3 then ${chance('i', 16)} < 0.2 end,
        'interests', case when ${chance('i', 17)} < 0.4 then jsonb_build_array(${oneOf('i', 18, ['sport', 'music', 'travel', 'games'])},
          ${oneOf('i', 19, ['cars', 'books', 'film'])}) end,
        'comment', case when ${chance('i', 20)} < 0.2 then repeat('was asked to be called again ', 2) || i end)),
      floor(${chance('i', 21)} * 4), timestamptz '2024-03-01' + interval '1 second' * (i * 63072000.0 / ${leads}),
      i, null, case when ${chance('i', 22)} < 0.3 then 1 end
    from generate_series(1, ${leads}) i`);
  await client.query(`
    insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
    select 1, l.id, l.base_id, n, decode(md5(l.id || ':' || n) || md5(n || ':' || l.id), 'hex'), decode(md5(l.id || '/' || n), 'hex'),
      case when b <= 3 then 'RU' when b = 4 then 'VN' else 'FR' end,
      case when ${chance('l.id', 31)} < 0.8 then 'mobile' else 'fixed_line' end, b, lpad((l.id % 100)::text, 2, '0')
    from leads l, lateral (select 1 + floor(${chance('l.id', 32)} * 5)::smallint as b) k,
      generate_series(1, case when ${chance('l.id', 33)} < 0.15 then 2 else 1 end) n
    order by l.id, n`);
  await client.query(`
    insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, attempts, completed_code)
    select c, l.id, 1, 1, case when c <= 2 and ${chance('l.id', 41)} < 0.3 then 'ready' else 'completed' end, 5, l.id, '${NOW}',
      1 + floor(${chance('l.id * 7 + c', 42)} * 6.7), case when c <= 2 and ${chance('l.id', 41)} < 0.3 then null else 'attempts_exhausted' end
    from leads l, lateral (select distinct 1 + floor(${chance('l.id', 43)} * 6)::int as c
      union select 1 + floor(${chance('l.id', 44)} * 6)::int where ${chance('l.id', 45)} < 0.36) k
    where ${chance('l.id', 46)} < 0.6 order by c, l.id`);
  await client.query(`
    insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number, ring_timeout_ms,
      connect_timeout_ms, state, result, answered_by, reserved_at, dial_before, originated_at, answered_at, bridged_at, ended_at)
    select 1, e.campaign_id, e.id, e.lead_id, e.lead_id, decode(md5(e.lead_id || '/1'), 'hex'), 1, 'progressive', n, 22000, 2000, 'ended',
      case when answered then 'answered' else 'no_answer' end, case when answered then 'person' end, at, at, at,
      case when answered then at + interval '10 seconds' end, case when answered then at + interval '11 seconds' end,
      at + interval '1 second' * (30 + floor(${chance('e.id * 16 + n', 51)} * ${chance('e.id * 16 + n', 52)} * 600))
    from calling_list_entries e, generate_series(1, e.attempts) n,
      lateral (select ${chance('e.id * 16 + n', 53)} < 0.3 as answered,
        timestamptz '2025-03-01' + interval '1 second' * floor((e.campaign_id - 1) * 5000000 + n * 300000 + ${chance('e.id * 16 + n', 54)} * 4000000) as at) a
    order by e.campaign_id, n, e.lead_id`);
  await client.query(`
    insert into dispositions (organisation_id, campaign_id, attempt_id, lead_id, outcome_code, category, result, right_party, refusal_reason,
      refusal_detail, automatic, at)
    select 1, campaign_id, a.id, lead_id, outcome, outcome, case outcome when 'sale' then 'success' when 'refusal' then 'failure' else 'neutral' end, true,
      reason, case reason when 'too_expensive' then jsonb_build_object('price', 200 + floor(${chance('a.id', 62)} * 1000)::int)
        when 'has_contract' then jsonb_build_object('competitor', ${oneOf('a.id', 63, RIVALS)},
          'date', (date '2026-01-01' + floor(${chance('a.id', 64)} * 300)::int)::text) end,
      false, ended_at
    from attempts a, lateral (select case when ${chance('a.id', 61)} < 0.06 then 'sale' when ${chance('a.id', 61)} < 0.6 then 'refusal'
      when ${chance('a.id', 61)} < 0.7 then 'callback' when ${chance('a.id', 61)} < 0.72 then 'complaint' else 'no_interest_yet' end as outcome) o,
      lateral (select case when outcome = 'refusal' then ${oneOf('a.id', 65, REASONS)} end as reason) r
    where result = 'answered' order by a.id`);
  await client.query(`
    insert into lead_history (lead_id, organisation_id, attempts, contacts, last_attempt_at, last_contact_at, longest_talk_seconds, last_outcome,
      last_category, last_outcome_at, refusal_reason, refusal_price, refusal_currency, refusal_competitor, reconsider_on, refused_offer_id,
      refused_at, callback_pending, complained_at, bought_offer_ids, bought_at)
    select a.lead_id, 1, a.attempts, a.contacts, a.last_at, a.last_contact_at, coalesce(a.longest, 0), d.outcome_code, d.category, d.at,
      r.refusal_reason, (r.refusal_detail ->> 'price')::numeric, case when r.refusal_detail ? 'price' then 'RUB' end,
      r.refusal_detail ->> 'competitor', (r.refusal_detail ->> 'date')::date, r.campaign_id, r.at,
      coalesce(d.outcome_code = 'callback', false), c.at, coalesce(s.offers, '{}'), s.at
    from (select lead_id, count(*) as attempts, count(*) filter (where answered_by = 'person') as contacts, max(originated_at) as last_at,
        max(answered_at) as last_contact_at, max(extract(epoch from ended_at - bridged_at))::int as longest
      from attempts group by lead_id) a
    left join (select distinct on (lead_id) * from dispositions order by lead_id, attempt_id desc) d using (lead_id)
    left join (select distinct on (lead_id) * from dispositions where refusal_reason is not null order by lead_id, attempt_id desc) r using (lead_id)
    left join (select lead_id, min(at) as at from dispositions where category = 'complaint' group by lead_id) c using (lead_id)
    left join (select lead_id, max(at) as at, array_agg(distinct campaign_id) as offers from dispositions where result = 'success' group by lead_id) s
      using (lead_id)
    order by a.lead_id`);
  await restore();
  await client.query(`set session_replication_role = default; set synchronous_commit = default`);
  for (const table of ['leads', 'phones', 'calling_list_entries', 'attempts', 'dispositions', 'lead_history'])
    await client.query(`vacuum (analyze) ${table}`);
  await client.query('checkpoint');
}

/** Built anew at the end, which takes a fraction of what keeping them up takes. */
async function dropIndexes(client, tables) {
  const { rows } = await client.query(
    `select i.indexrelid::regclass::text as index, pg_get_indexdef(i.indexrelid) as definition, c.conname as "constraint",
       c.conrelid::regclass::text as "table", pg_get_constraintdef(c.oid) as "constraintDefinition"
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
     where i.indrelid = any($1::regclass[])`,
    [tables],
  );
  const keys = await client.query(
    `select conname as "constraint", conrelid::regclass::text as "table", pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and confrelid = any($1::regclass[])`,
    [tables],
  );
  for (const key of keys.rows) await client.query(`alter table ${key.table} drop constraint ${key.constraint}`);
  for (const row of rows)
    await client.query(
      row.constraint ? `alter table ${row.table} drop constraint ${row.constraint}` : `drop index ${row.index}`,
    );
  return async () => {
    for (const row of rows)
      await client.query(
        row.constraint
          ? `alter table ${row.table} add constraint ${row.constraint} ${row.constraintDefinition}`
          : row.definition,
      );
    for (const key of keys.rows)
      await client.query(`alter table ${key.table} add constraint ${key.constraint} ${key.definition} not valid`);
  };
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
