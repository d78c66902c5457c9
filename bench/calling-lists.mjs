/** Calling lists with phones, histories, suppressions and a do-not-call list, made by the database itself. */

/** The instant at which all calls are made: a Monday, 11:00 in Paris. */
export const NOW = '2026-03-02T10:00:00Z';
export const CAMPAIGNS = 20;

/** Twelve, of which nine are open at NOW under the house's hours. */
const ZONES = [
  'Europe/Paris',
  'Europe/Berlin',
  'Europe/Madrid',
  'Europe/Rome',
  'Europe/Moscow',
  'Europe/Samara',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  'Asia/Ho_Chi_Minh',
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
];
const HOURS = JSON.stringify(
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => [day, [['09:00', '20:00']]])),
);

const chance = (i, salt) => `((hashint8extended(${i}, ${salt}) & 1048575) / 1048576.0)`;

/** A number's keyed hash, as far as anybody can tell. */
const hashOf = (i) => `decode(md5((${i})::text), 'hex')`;

/**
 * `entries` entries of twenty campaigns, each lead with one phone, some of which two leads share. A third was called in the
 * last days, at most `MOST_ATTEMPTS` of them; 1% of the phones are suppressed, 2% on a list of numbers not to call, a tenth
 * has agreed to be called. Triggers and foreign keys rest meanwhile: the rows are made to fit.
 */
export async function fillCallingLists(client, entries) {
  await client.query(`set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB';
    set maintenance_work_mem = '512MB'; set max_parallel_maintenance_workers = 2`);
  await client.query(`
    insert into outcome_sets (organisation_id, name) values (1, 'bench');
    insert into buckets (country, zones) select 'FR', array[z] from unnest($zones$${array(ZONES)}$zones$::text[]) z;
    insert into campaigns (organisation_id, name, outcome_set_id, state, hours, max_attempts, max_attempts_per_day, max_lines,
        cool_down_days, created_at, updated_at)
      select 1, 'Campaign ' || n, (select max(id) from outcome_sets), 'running', '${HOURS}', 5, 2, 2000, 30, '${NOW}', '${NOW}'
      from generate_series(1, ${CAMPAIGNS + 1}) n;
    insert into campaign_loops (campaign_id, owner, fence, expires_at)
      select id, 'bench', 1, timestamptz '${NOW}' + interval '1 day' from campaigns;
    insert into bases (organisation_id, name, country, created_at) values (1, 'Base', 'FR', '${NOW}')`);
  const restore = await dropIndexes(client, ['phones', 'calling_list_entries', 'attempts', 'suppressions', 'consents']);
  await client.query(`
    insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
    select 1, i, 1, 1, ${hashOf('-i')} || ${hashOf('-i - 1')} || ${hashOf('-i - 2')},
      ${hashOf(`case when i % 100 = 0 then i - 1 else i end`)}, 'FR',
      case when ${chance('i', 1)} < 0.7 then 'mobile' else 'fixed_line' end,
      (select min(id) from buckets) + floor(${chance('i', 2)} * ${ZONES.length})::int, lpad((i % 100)::text, 2, '0')
    from generate_series(1, ${entries}) i`);
  // New leads, retries, and some of all else; a tenth waits, a tenth is done.
  await client.query(`
    insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, attempts, completed_code)
    select 1 + i % ${CAMPAIGNS}, i, 1, p.bucket_id, k.state, k.tier, i / ${CAMPAIGNS},
      timestamptz '${NOW}' + interval '1 second' * case
        when k.state = 'waiting' then 3600 + floor(${chance('i', 4)} * 86400)
        when k.tier = 5 then -3600 * 24 else -floor(${chance('i', 4)} * 5 * 3600) end,
      case when k.tier = 5 then 0 else 1 end, case when k.state = 'completed' then 'sale' end
    from generate_series(1, ${entries}) i join phones p on p.lead_id = i,
      lateral (select
        case when ${chance('i', 5)} < 0.8 then 'ready' when ${chance('i', 5)} < 0.9 then 'waiting' else 'completed' end as state,
        case when ${chance('i', 6)} < 0.65 then 5 when ${chance('i', 6)} < 0.97 then 4 when ${chance('i', 6)} < 0.98 then 3
          when ${chance('i', 6)} < 0.99 then 2 else 1 end as tier) k
    order by 1, i`);
  await client.query(`
    insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number, ring_timeout_ms,
      connect_timeout_ms, state, result, reserved_at, dial_before, originated_at, answered_at, bridged_at, answered_by, ended_at)
    select 1, e.campaign_id, e.id, e.lead_id, e.lead_id, ${hashOf('case when e.lead_id % 100 = 0 then e.lead_id - 1 else e.lead_id end')},
      1, 'progressive', n, 22000, 2000, 'ended', case when answered then 'answered' else 'no_answer' end, at, at, at,
      case when answered then at + interval '10 seconds' end, case when answered then at + interval '11 seconds' end,
      case when answered then 'person' end, at + interval '1 minute'
    from calling_list_entries e, generate_series(1, 2) n,
      lateral (select ${chance('e.lead_id * 4 + n', 7)} < 0.1 as answered, timestamptz '${NOW}'
        - interval '1 second' * (30 + floor(${chance('e.lead_id * 4 + n', 8)} * ${chance('e.lead_id * 4 + n', 9)} * 12 * 86400)) as at) a
    where ${chance('e.lead_id', 10)} < ${Math.min(0.3, MOST_ATTEMPTS / 2 / entries)}
    order by at`);
  await client.query(`
    insert into lead_history (lead_id, organisation_id, attempts, contacts, last_attempt_at, refused_at, declined_at)
    select lead_id, 1, count(*), count(answered_at), max(reserved_at), max(answered_at), max(answered_at) from attempts group by lead_id`);
  await client.query(`
    insert into suppressions (organisation_id, scope, match_hash, reason, source, valid_from, created_at)
    select 1, 'client', ${hashOf('i')}, 'request', 'bench', timestamptz '${NOW}' - interval '1 day', '${NOW}'
    from generate_series(1, ${entries}) i where ${chance('i', 11)} < 0.01`);
  await client.query(`
    insert into consent_texts (organisation_id, source, wording, created_at) values (1, 'A form', 'Call me', '${NOW}');
    insert into consents (organisation_id, match_hash, lead_id, kind, form, scope, text_id, proof, source, at, created_at)
    select 1, ${hashOf('i')}, i, 'granted', 'prior', 'company', (select max(id) from consent_texts),
      '{"kind": "paper", "reference": "1"}', 'bench', timestamptz '${NOW}' - interval '9 days', '${NOW}'
    from generate_series(1, ${entries}) i where ${chance('i', 12)} < 0.1`);
  const { rows } = await client.query(`
    with list as (insert into suppression_lists (organisation_id, name, kind, created_at) values (1, 'Do not call', 'do_not_call', '${NOW}') returning id)
    insert into suppression_loads (list_id, mode, state, numbers, dated_at, activated_at)
    select id, 'replace', 'active', ${Math.round(entries * 0.02)}, '${NOW}', '${NOW}' from list returning id`);
  const table = `suppression_numbers_${rows[0].id}`;
  await client.query(`
    create table ${table} partition of suppression_numbers for values in (${rows[0].id});
    insert into ${table} select ${rows[0].id}, ${hashOf('i')} from generate_series(1, ${entries}) i where ${chance('i', 13)} < 0.02`);
  await restore();
  await client.query(`set session_replication_role = origin; set synchronous_commit = on`);
  await client.query(`vacuum analyze`);
}

const MOST_ATTEMPTS = 1_000_000;

/** Everything that was filled, gone. */
export async function emptyCallingLists(client) {
  await client.query(`set session_replication_role = replica`);
  const { rows } = await client.query(`select id from suppression_loads`);
  for (const { id } of rows) await client.query(`drop table if exists suppression_numbers_${id}`);
  await client.query(`truncate decisions, dispositions, attempts, calling_list_entries, phones, lead_history, suppressions, consents,
    consent_uses, consent_texts, suppression_loads, suppression_lists, campaign_loops, campaigns, buckets, bases, outcome_sets
    restart identity cascade`);
  await client.query(`set session_replication_role = origin`);
}

/** Rows go in faster without them. */
async function dropIndexes(client, tables) {
  const { rows } = await client.query(
    `select indexdef, quote_ident(relname) as name from pg_index i join pg_class c on c.oid = i.indexrelid
       join pg_indexes x on x.indexname = c.relname and x.schemaname = 'public'
     where x.tablename = any($1) and not i.indisprimary
       and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return async () => {
    for (const { indexdef } of rows) await client.query(indexdef);
  };
}

function array(texts) {
  return `{${texts.map((text) => `"${text}"`).join(',')}}`;
}
