import type { DataSource } from 'typeorm';

/**
 * Everything that a migration can make, one line each, sorted: two schemas are the same when their lines are. The
 * ORM's own table of migrations is left out. Rows are counted, for migrations also bring reference data.
 */
export async function dumpSchema(source: DataSource): Promise<string[]> {
  const rows: { line: string }[] = await source.query(CATALOG);
  const tables: { name: string }[] = await source.query(TABLES);
  const counts: string[] = [];
  for (const { name } of tables) {
    const [row] = (await source.query(`select count(*) as count from "${name}"`)) as { count: number }[];
    counts.push(`rows ${name}: ${row!.count}`);
  }
  return [...rows.map((row) => row.line), ...counts].sort();
}

const OURS = `n.nspname = 'public' and c.relname not like 'migrations%'`;

const TABLES = `
  select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and c.relkind = 'r' order by 1`;

const CATALOG = `
  select format('relation %s: %s %s %s %s', c.relname, c.relkind, c.relpersistence, c.reloptions,
                pg_get_partkeydef(c.oid)) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind <> 'i'
  union all
  select format('column %s.%s: %s not null %s default %s identity %s generated %s collation %s statistics %s', c.relname, a.attname,
                format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity,
                a.attgenerated, a.attcollation::regcollation, a.attstattarget)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm')
  union all
  select format('index %s', pg_get_indexdef(i.indexrelid))
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}
  union all
  select format('constraint %s.%s: %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}
  union all
  select format('trigger %s', pg_get_triggerdef(t.oid))
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and not t.tgisinternal
  union all
  select format('view %s: %s', c.relname, pg_get_viewdef(c.oid))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('v', 'm')
  union all
  select format('sequence %s: %s %s %s %s', c.relname, s.seqstart, s.seqincrement, s.seqmin, s.seqmax)
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}
  union all
  select format('function %s', pg_get_functiondef(p.oid))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select format('type %s: %s', t.typname, (select string_agg(e.enumlabel, ', ' order by e.enumsortorder)
                                             from pg_enum e where e.enumtypid = t.oid))
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where n.nspname = 'public' and t.typtype in ('e', 'd')
  union all
  select format('extension %s', extname) from pg_extension`;

/** Where the ORM's idea of its tables and the migrated schema part, one sentence each; none is as it should be. */
export async function findDrift(source: DataSource): Promise<string[]> {
  const rows: { table: string; name: string; type: string; nullable: boolean }[] = await source.query(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')`);
  const drift: string[] = [];
  const mapped = new Map<string, Set<string>>();
  for (const entity of source.entityMetadatas) {
    const columns = new Map(rows.filter((row) => row.table === entity.tableName).map((row) => [row.name, row]));
    if (columns.size === 0) {
      drift.push(`${entity.name}: there is no table ${entity.tableName}`);
      continue;
    }
    const names = mapped.get(entity.tableName) ?? new Set();
    mapped.set(entity.tableName, names);
    for (const column of entity.columns) {
      const where = `${entity.name}.${column.propertyName}`;
      const found = columns.get(column.databaseName);
      names.add(column.databaseName);
      if (!found) {
        drift.push(`${where}: there is no column ${entity.tableName}.${column.databaseName}`);
        continue;
      }
      const type = source.driver.normalizeType(column) + (column.isArray ? '[]' : '');
      if (type !== found.type) drift.push(`${where} is ${type}, ${entity.tableName}.${found.name} is ${found.type}`);
      if (column.isNullable !== found.nullable) {
        const may = (nullable: boolean) => (nullable ? 'may be null' : 'may not be null');
        drift.push(`${where} ${may(column.isNullable)}, ${entity.tableName}.${found.name} ${may(found.nullable)}`);
      }
    }
  }
  for (const { table, name } of rows) {
    if (mapped.get(table)?.has(name) === false) drift.push(`${table}.${name}: no entity has this column`);
  }
  return drift;
}
