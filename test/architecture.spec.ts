import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The laws of the house that an import or a line of text can break. */

const SRC = resolve(import.meta.dirname, '../src');

/** Folders of the engine itself; the others are plumbing. */
const ENGINE = [
  'callbacks',
  'campaigns',
  'compliance',
  'demo',
  'desk',
  'dialing',
  'dispositions',
  'erasure',
  'lead-import',
  'leads',
  'operators',
  'pacing',
  'reports',
  'scheduler',
  'segmentation',
  'simulation',
  'telephony',
];
/** What says by its name that it touches the world, or wires things together. Every other file of the engine is pure. */
const NAMED = /\.(controller|dto|entity|module|processor|repository|service|pipe)\.ts$/;
/** Adapters of the import pipeline, which are named after what they do. */
const ADAPTERS = new Set([
  'lead-import/import-runner.ts',
  'lead-import/upload-receiver.ts',
  'lead-import/upload-store.ts',
  'leads/phone-vault.ts',
]);
const FRAMEWORKS = /^(@nestjs\/|typeorm|pg(-|$)|bull|ioredis|fastify|@fastify\/|rxjs)/;

interface Source {
  path: string;
  folder: string;
  text: string;
  imports: { from: string; file: string | null }[];
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.(spec|testing)\.ts$/.test(file))
  .map(read);
const engine = sources.filter((source) => ENGINE.includes(source.folder));
const pure = engine.filter((source) => !NAMED.test(source.path) && !ADAPTERS.has(source.path));

function read(file: string): Source {
  const text = readFileSync(join(SRC, file), 'utf8');
  const path = file.replaceAll('\\', '/');
  const imports = [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';/gms)].map(([, from]) => ({
    from: from!,
    file: from!.startsWith('.')
      ? relative(SRC, resolve(dirname(join(SRC, file)), from!))
          .replaceAll('\\', '/')
          .replace(/\.js$/, '.ts')
      : null,
  }));
  return { path, folder: path.split('/')[0]!, text, imports };
}

/** Text without its comments: what is said about a thing does not do it. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

describe('architecture', () => {
  it('finds the sources it speaks about', () => {
    expect(pure.length).toBeGreaterThan(30);
    expect(new Set(engine.map((source) => source.folder))).toEqual(new Set(ENGINE));
    expect(sources.flatMap((source) => source.imports).filter(({ file }) => file !== null).length).toBeGreaterThan(300);
  });

  it('keeps frameworks out of pure files', () => {
    const broken = pure.flatMap(({ path, imports }) =>
      imports.filter(({ from }) => FRAMEWORKS.test(from)).map(({ from }) => `${path} imports ${from}`),
    );
    expect(broken).toEqual([]);
  });

  it('hands time and chance in, everywhere in the engine', () => {
    const own =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|\bperformance\.now\(|\brandomUUID\(/;
    const broken = engine
      .filter(({ path, text }) => own.test(code(text)) && !ADAPTERS.has(path))
      .map(({ path }) => path);
    expect(broken).toEqual([]);
  });

  it('lets the database’s clock decide nothing', () => {
    const broken = engine.filter(({ text }) => /\bnow\(\)|current_timestamp|clock_timestamp/i.test(sqlOf(text)));
    expect(broken.map(({ path }) => path)).toEqual([]);
  });

  it('has SQL in repositories only', () => {
    const broken = engine.filter(
      ({ path, text }) => /\bstatement\(/.test(code(text)) && !path.endsWith('.repository.ts'),
    );
    expect(broken.map(({ path }) => path)).toEqual([]);
  });

  it('names every statement once', () => {
    const names = sources.flatMap(({ text }) =>
      [...text.matchAll(/\bstatement\(\s*'([^']+)'/g)].map(([, name]) => name!),
    );
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('reaches into no other module’s repository', () => {
    const broken = sources.flatMap(({ path, folder, imports }) =>
      imports
        .filter(({ file }) => file?.endsWith('.repository.ts') && file.split('/')[0] !== folder)
        .map(({ file }) => `${path} imports ${file}`),
    );
    expect(broken).toEqual([]);
  });

  it('exports no repository from a module', () => {
    const broken = sources.filter(
      ({ path, text }) => path.endsWith('.module.ts') && /exports: \[[^\]]*Repository/.test(code(text)),
    );
    expect(broken.map(({ path }) => path)).toEqual([]);
  });

  it('has one caller of originate, and it is dialing', () => {
    const callers = sources.filter(({ folder, text }) => folder !== 'telephony' && /\.originate\(/.test(code(text)));
    expect(callers.map(({ path }) => path)).toEqual(['dialing/switchboard.service.ts']);
    expect(code(callers[0]!.text).match(/telephony\.originate\(/g)).toHaveLength(1);
  });

  it('has one place that reserves an attempt', () => {
    const inserters = sources.filter(({ text }) => /insert into attempts\b/.test(text));
    expect(inserters.map(({ path }) => path)).toEqual(['scheduler/scheduler.repository.ts']);
    const callers = sources.filter(({ text }) => /repository\.reserve\(/.test(code(text)));
    expect(callers.map(({ path }) => path)).toEqual(['scheduler/gate.service.ts']);
  });

  it('has one writer of the audit trail, and nobody else who reads it but the dossier of a number', () => {
    const naming = sources.filter(({ text }) => /\baudit_trail\b/i.test(code(text)));
    expect(naming.map(({ path }) => path).sort()).toEqual([
      'audit/audit-trail.repository.ts',
      'compliance/dossier.repository.ts',
    ]);
    const writing = naming.filter(({ text }) =>
      /\b(into|update|delete from|copy|truncate|table)\s+(only\s+)?audit_trail\b/i.test(code(text)),
    );
    expect(writing.map(({ path }) => path)).toEqual(['audit/audit-trail.repository.ts']);
  });

  it('lets telephony, compliance and leads know nobody above them', () => {
    const below = ['telephony', 'compliance', 'leads'];
    const broken = engine
      .filter(({ folder }) => below.includes(folder))
      .flatMap(({ path, folder, imports }) =>
        imports
          .map(({ file }) => file?.split('/')[0])
          .filter(
            (other) => other !== undefined && ENGINE.includes(other) && other !== folder && !below.includes(other),
          )
          .map((other) => `${path} knows ${other}`),
      );
    expect(broken).toEqual([]);
  });

  it('has no cycles between folders', () => {
    const edges = new Map<string, Set<string>>();
    for (const { folder, imports } of sources.filter(({ path }) => path.includes('/')))
      for (const { file } of imports)
        if (file?.includes('/') && file.split('/')[0] !== folder)
          edges.set(folder, (edges.get(folder) ?? new Set()).add(file.split('/')[0]!));
    expect(cycles(edges)).toEqual([]);
  });

  it('has no cycles between files', () => {
    const edges = new Map(
      sources.map(({ path, imports }) => [path, new Set(imports.flatMap(({ file }) => (file ? [file] : [])))]),
    );
    expect(cycles(edges)).toEqual([]);
  });
});

/** The string and template literals of a file that hold SQL. */
function sqlOf(text: string): string {
  return [...text.matchAll(/`[^`]*`/g)]
    .map(([literal]) => literal)
    .filter((literal) => /\b(select|insert|update|delete)\b/.test(literal))
    .join('\n')
    .replace(/--.*$/gm, '');
}

/** Each cycle once, as the path that closes it. */
function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, path: string[]): void => {
    if (path.includes(node)) return void found.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) walk(node, []);
  return found;
}
