import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  ParseIntPipe,
  Post,
  Query,
  Req,
  StreamableFile,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiProduces, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ImportOptionsDto, ImportView, StartImportDto } from './import.dto.js';
import { importOptionsOf, readImportOptions, readStartImport } from './import-options.js';
import { ImportUndoService } from './import-undo.service.js';
import type { LeadImport } from './import.js';
import { LeadImportService } from './lead-import.service.js';
import { UploadReceiver } from './upload-receiver.js';
import { UploadStore } from './upload-store.js';
import { UploadsService } from './uploads.service.js';

/** Files into bases. */
@Controller('imports')
@Roles('marketer', 'manager')
@ApiExtraModels(StartImportDto, ImportOptionsDto)
export class ImportsController {
  constructor(
    @Inject(LeadImportService) private readonly imports: LeadImportService,
    @Inject(ImportUndoService) private readonly undos: ImportUndoService,
    @Inject(UploadsService) private readonly uploads: UploadsService,
    @Inject(UploadReceiver) private readonly receiver: UploadReceiver,
    @Inject(UploadStore) private readonly store: UploadStore,
  ) {}

  /**
   * Have a file imported in the background: one that was uploaded before (JSON), or one that comes along (part `file`, with
   * its options as JSON in the part `options`).
   */
  @Post()
  @HttpCode(202)
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({
    schema: {
      oneOf: [
        { $ref: getSchemaPath(StartImportDto) },
        {
          type: 'object',
          required: ['file', 'options'],
          properties: {
            file: { type: 'string', format: 'binary' },
            options: { type: 'string', description: 'ImportOptions as JSON' },
          },
        },
      ],
    },
  })
  async startImport(@CurrentUser() user: Principal, @Req() request: FastifyRequest): Promise<ImportView> {
    return ImportView.of(
      await (request.isMultipart() ? this.fromParts(user, request) : this.fromUpload(user, request)),
    );
  }

  /** 50 of them, newest first. */
  @Get()
  @ApiQuery({ name: 'before', required: false, type: Number, description: 'Only those with a smaller id' })
  async listImports(
    @CurrentUser() user: Principal,
    @Query('before', new ParseIntPipe({ optional: true })) before?: number,
  ): Promise<ImportView[]> {
    const imports = await this.imports.listImports(user.organisationId, before ?? null);
    return imports.map((each) => ImportView.of(each));
  }

  /** One import, as far as it is. */
  @Get(':id')
  async getImport(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<ImportView> {
    return ImportView.of(await this.imports.getImport(user.organisationId, id));
  }

  /** Stop it, or its undo. Rows that are in stay in. */
  @Post(':id/cancel')
  @HttpCode(200)
  async cancelImport(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<ImportView> {
    return ImportView.of(await this.imports.cancelImport(user, id));
  }

  /** Take out what it made and put back what it changed, in the background. People who were called since stay. */
  @Post(':id/undo')
  @HttpCode(202)
  async undoImport(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<ImportView> {
    return ImportView.of(await this.undos.startUndo(user, id));
  }

  /** The rejected rows as CSV, each with its line, its reason, and what it held. */
  @Get(':id/rejects')
  @ApiProduces('text/csv')
  getRejects(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<StreamableFile> {
    return this.download(user, id, 'rejects', this.imports.rejectsCsv(user.organisationId, id));
  }

  /** Which lead each row became or changed, as CSV: row, lead_id, result. */
  @Get(':id/leads')
  @ApiProduces('text/csv')
  getLeads(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<StreamableFile> {
    return this.download(user, id, 'leads', this.imports.leadsCsv(user.organisationId, id));
  }

  /** Leads that the undo left alone, as CSV: row, lead_id, reason. */
  @Get(':id/kept')
  @ApiProduces('text/csv')
  getKept(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<StreamableFile> {
    return this.download(user, id, 'kept', this.imports.keptCsv(user.organisationId, id));
  }

  private async download(
    user: Principal,
    id: number,
    what: string,
    lines: AsyncGenerator<string>,
  ): Promise<StreamableFile> {
    const found = await this.imports.getImport(user.organisationId, id);
    const name = `${found.fileName.replace(/\.[^.]*$/, '')} ${what}.csv`;
    return csvFile(lines, `${what}-${id}.csv`, name);
  }

  private async fromUpload(user: Principal, request: FastifyRequest): Promise<LeadImport> {
    const { uploadId, options } = readStartImport(request.body);
    const { filePath, fileName } = await this.uploads.getUpload(user.organisationId, uploadId);
    return this.imports.startImport(user, { path: filePath, fileName }, importOptionsOf(options));
  }

  private async fromParts(user: Principal, request: FastifyRequest): Promise<LeadImport> {
    const { path, fileName, options } = await this.receiver.receive(request);
    let read;
    try {
      read = readImportOptions(options);
    } catch (error) {
      await this.store.discard(path);
      throw error;
    }
    return this.imports.startImport(user, { path, fileName }, read);
  }
}

/** Lines as a download. `ascii`: its name where the other can't be read. */
export function csvFile(lines: AsyncGenerator<string>, ascii: string, name: string): StreamableFile {
  return new StreamableFile(Readable.from(lines), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`,
  });
}
