import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { prefixMatcher } from '../compliance/prefixes.js';
import { SuppressionListsService } from '../compliance/suppression-lists.service.js';
import { LeadsService, type Actor } from '../leads/leads.service.js';
import type { NumberRanges } from '../leads/number-ranges.js';
import { maskPhone } from '../leads/phone-number.js';
import { PhoneVault } from '../leads/phone-vault.js';
import type { AskedReading } from './file-analysis.js';
import { estimateRows, type RowsEstimate, type RowsSample } from './file-estimate.js';
import { PLAN_DEFAULTS, type Dedupe, type LeadImport } from './import.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { LeadImportService, ownersFor, type ReadFile } from './lead-import.service.js';
import { resolveMapping, type AskedMapping, type ColumnGuess, type Mapping } from './mapping.js';
import { numberReader, numbersMapping } from './number-row.js';
import { isPhoneCell, readPhoneCell } from './phone-cell.js';
import { isRowFault, rowReader, type LeadRow, type ReadRow, type RowFault } from './row.js';
import { unsafeField } from './spreadsheet-safe.js';

/** What somebody wants to know of a file before it is imported. */
export interface AnalysisRequest extends AskedReading {
  mapping?: AskedMapping;
  /** Of numbers that are written without one; the base's when left out. */
  country?: string;
  /** The base that it may go into. */
  baseId?: number;
  dedupe?: Dedupe;
  /** Numbers that must not be called, for this list, and not people. */
  listId?: number;
}

/** One column, as far as the first rows tell. */
export interface ColumnReport extends Omit<ColumnGuess, 'by'> {
  name: string;
  by: ColumnGuess['by'] | 'saved';
  /** Share of the rows that have a value there. */
  filledRate: number;
  /** Phones masked. */
  examples: string[];
}

/** How many leads have a certain time zone, and what it costs that others have not. Hours are those of a week. */
export interface ZonesReport {
  certain: number;
  ambiguous: number;
  certainHours: number;
  ambiguousHours: number;
  worst: { country: string; zones: string[]; leads: number; hours: number }[];
}

/** What was understood of a file, and what would become of its rows. */
export interface FileReport {
  file: ReadFile;
  country: string;
  columns: ColumnReport[];
  firstRows: { line: number; values: string[]; fault: string | null; faultDetail: string | null }[];
  mapping: Mapping;
  savedMappingAt: Date | null;
  estimate: RowsEstimate;
  zones: ZonesReport;
  sameFile: LeadImport | null;
}

const SHOWN_ROWS = 20;
const EXAMPLES = 3;
const WORST_ZONES = 3;

/** Says what it understood of a file before any of it is imported. */
@Injectable()
export class FileAnalysisService {
  constructor(
    @Inject(LeadImportService) private readonly imports: LeadImportService,
    @Inject(LeadImportRepository) private readonly repository: LeadImportRepository,
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(ComplianceService) private readonly compliance: ComplianceService,
    @Inject(SuppressionListsService) private readonly lists: SuppressionListsService,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws what LeadImportService.readFile does, column_unknown, column_used_twice, attribute_name_taken (422), base_not_found (404). */
  async analyse(actor: Actor, path: string, request: AnalysisRequest): Promise<FileReport> {
    const { organisationId } = actor;
    const baseId = request.baseId ?? null;
    const base = baseId === null ? null : await this.leads.getBase(organisationId, baseId);
    const list = request.listId === undefined ? null : await this.lists.getList(organisationId, request.listId);
    const country = request.country ?? base?.country ?? list?.country ?? '';
    const file = await this.imports.readFile(actor, path, request, country);
    const barredPrefixes = list ? [] : await this.lists.activePrefixes(organisationId);
    const ranges = list ? {} : await this.leads.numberRanges();
    const { mapping, saved, readRow, dedupe } = list
      ? numberRules(file, request, country, list.kind === 'prefixes')
      : leadRules(file, request, country, ranges);
    const sample = await estimateRows(path, file, {
      readRow,
      dedupe,
      isBarred: prefixMatcher(barredPrefixes),
      hashOf: (e164) => this.vault.matchHash(organisationId, e164),
    });
    const known = await this.repository.countKnown({
      organisationId,
      // Nobody is in a base that is not there yet, and nobody counts where only this file does.
      baseId: dedupe.scope === 'all_bases' ? null : dedupe.scope === 'base' ? (baseId ?? 0) : 0,
      at: this.clock.now(),
      matchHashes: sample.matchHashes,
      count: sample.hashes,
      externalIds: sample.externalIds,
    });
    return {
      file,
      country,
      columns: this.reportColumns(file, mapping, saved !== null, country),
      firstRows: this.reportRows(file, mapping, readRow, country),
      mapping,
      savedMappingAt: saved?.usedAt ?? null,
      // In a list, what is in force already counts as a duplicate.
      estimate: sample.estimate(list ? { suppressed: 0, duplicate: known.suppressed } : known),
      zones: list ? NO_ZONES : this.reportZones(sample),
      sameFile: list ? null : await this.imports.findSameFile(organisationId, baseId, file.scan),
    };
  }

  private reportColumns(file: ReadFile, mapping: Mapping, isSaved: boolean, country: string): ColumnReport[] {
    const { reading, proposal } = file;
    const rows = reading.rows.filter((row) => row.fault === null);
    return reading.columns.map((name, at) => {
      const guess = proposal.guesses[at]!;
      const values = rows.map((row) => row.fields[at]?.trim() ?? '').filter((value) => value !== '');
      const isPhone = mapping.phones.includes(name) || guess.field === 'phone';
      const shown = [...new Set(values)].slice(0, EXAMPLES);
      return {
        ...guess,
        name,
        by: isSaved ? 'saved' : guess.by,
        confidence: isSaved ? 1 : guess.confidence,
        filledRate: rows.length === 0 ? 0 : values.length / rows.length,
        examples: isPhone ? shown.map((value) => masked(value, country)) : shown,
      };
    });
  }

  private reportRows(file: ReadFile, mapping: Mapping, readRow: ReadRow, country: string): FileReport['firstRows'] {
    const { rows, columns } = file.reading;
    const { guesses } = file.proposal;
    const phones = new Set(
      columns.flatMap((column, at) => (mapping.phones.includes(column) || guesses[at]!.field === 'phone' ? [at] : [])),
    );
    return rows.slice(0, SHOWN_ROWS).map((record, i) => {
      const row = readRow(record, i + 1);
      const fault = isRowFault(row) ? row : null;
      return {
        line: record.line,
        values: record.fields.map((value, at) => (phones.has(at) ? masked(value, country) : value)),
        fault: fault?.code ?? null,
        faultDetail: fault?.detail ?? null,
      };
    });
  }

  private reportZones(sample: RowsSample): ZonesReport {
    const report: ZonesReport = { ...NO_ZONES, worst: [] };
    let certainHours = 0;
    let ambiguousHours = 0;
    for (const { country, zones, leads } of sample.zones()) {
      const hours = this.compliance.weeklyHours(country, zones);
      if (zones.length === 1) {
        report.certain += leads;
        certainHours += leads * hours;
      } else {
        report.ambiguous += leads;
        ambiguousHours += leads * hours;
        report.worst.push({ country, zones: [...zones], leads, hours });
      }
    }
    report.certainHours = report.certain === 0 ? 0 : certainHours / report.certain;
    report.ambiguousHours = report.ambiguous === 0 ? 0 : ambiguousHours / report.ambiguous;
    report.worst.sort((a, b) => b.leads - a.leads);
    report.worst.length = Math.min(report.worst.length, WORST_ZONES);
    return report;
  }
}

const NO_ZONES: ZonesReport = { certain: 0, ambiguous: 0, certainHours: 0, ambiguousHours: 0, worst: [] };

/** How the rows of a file are understood. */
interface RowRules {
  mapping: Mapping;
  /** The mapping of the last import with this header, where it is the one that is used. */
  saved: ReadFile['saved'];
  readRow: ReadRow;
  dedupe: Dedupe;
}

function leadRules(
  file: ReadFile,
  request: AnalysisRequest,
  country: string,
  ranges: Readonly<Record<string, NumberRanges>>,
): RowRules {
  const { columns } = file.reading;
  const saved = request.mapping ? null : file.saved;
  const proposal = saved ? { ...file.proposal, mapping: saved.mapping } : file.proposal;
  // A file without phones is looked at all the same: it says so.
  const mapping = resolveMapping(columns, request.mapping ?? null, true, proposal);
  const { priority: defaultPriority, generate } = PLAN_DEFAULTS;
  const owners = ownersFor(mapping, file);
  const readRow = rowReader({ columns, mapping, country, defaultPriority, generate, owners, ranges });
  return { mapping, saved, readRow, dedupe: request.dedupe ?? PLAN_DEFAULTS.dedupe };
}

function numberRules(file: ReadFile, request: AnalysisRequest, country: string, prefixes: boolean): RowRules {
  const { columns } = file.reading;
  const mapping = numbersMapping(file, request.mapping);
  const readNumber = mapping.phones.length === 0 ? null : numberReader({ columns, mapping, country }, prefixes);
  const readRow: ReadRow = (record) => {
    const number = readNumber?.(record) ?? NO_NUMBERS;
    return typeof number === 'string' ? rowOfNumber(number) : number;
  };
  return { mapping, saved: null, readRow, dedupe: PLAN_DEFAULTS.dedupe };
}

const NO_NUMBERS: RowFault = { code: 'phone_missing', detail: 'No column holds numbers.', column: null };

function rowOfNumber(number: string): LeadRow {
  const phone = { e164: number, country: '', lineType: 'unknown', lastDigits: number.slice(-2) };
  return {
    phones: [phone],
    places: [{ zones: [], regions: [], source: 'country' }],
    zones: [],
    externalId: null,
    name: null,
    region: null,
    attributes: {},
    priority: 0,
    ownerId: null,
  };
}

/** What can't be read as a number is shown as it is: that is what has to be mended. */
function masked(value: string, country: string): string {
  const cell = readPhoneCell(unsafeField(value).trim(), country);
  if (!isPhoneCell(cell)) return value;
  const phones = cell.phones.map((phone) => maskPhone(phone.country, phone.lastDigits));
  return [...phones, ...(cell.rest === null ? [] : [cell.rest])].join(' ::: ');
}
