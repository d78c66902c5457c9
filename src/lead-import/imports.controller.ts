import { Readable } from 'node:stream';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Controller, Get, HttpCode, Inject, Param, ParseIntPipe, Post, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProduces } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { Problem } from '../common/problem.js';
import { ImportView } from './import.dto.js';
import { readImportOptions } from './import-options.js';
import { LeadImportService } from './lead-import.service.js';
import { UploadStore } from './upload-store.js';

/** Files into bases. */
@Controller('imports')
@Roles('marketer', 'manager')
export class ImportsController {
  constructor(
    @Inject(LeadImportService) private readonly imports: LeadImportService,
    @Inject(UploadStore) private readonly uploads: UploadStore,
  ) {}

  /** Upload a file (part `file`) with its options (part `options`, JSON) and have it imported in the background. */
  @Post()
  @HttpCode(202)
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file', 'options'],
      properties: {
        file: { type: 'string', format: 'binary' },
        options: { type: 'string', description: 'ImportOptions as JSON' },
      },
    },
  })
  async startImport(@CurrentUser() user: Principal, @Req() request: FastifyRequest): Promise<ImportView> {
    const { file, options } = await this.receive(request);
    return ImportView.of(await this.imports.startImport(user, file, options));
  }

  /** The latest 50, newest first. */
  @Get()
  async listImports(@CurrentUser() user: Principal): Promise<ImportView[]> {
    return (await this.imports.listImports(user.organisationId)).map((each) => ImportView.of(each));
  }

  /** One import, as far as it is. */
  @Get(':id')
  async getImport(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<ImportView> {
    return ImportView.of(await this.imports.getImport(user.organisationId, id));
  }

  /** Stop it. Rows that are in stay in. */
  @Post(':id/cancel')
  @HttpCode(200)
  async cancelImport(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<ImportView> {
    return ImportView.of(await this.imports.cancelImport(user, id));
  }

  /** The rejected rows as CSV, each with its line, its reason, and what it held. */
  @Get(':id/rejects')
  @ApiProduces('text/csv')
  async getRejects(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<StreamableFile> {
    const found = await this.imports.getImport(user.organisationId, id);
    const name = `${found.fileName.replace(/\.[^.]*$/, '')} rejects.csv`;
    return new StreamableFile(Readable.from(this.imports.rejectsCsv(user.organisationId, id)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="rejects-${id}.csv"; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
  }

  /** The parts of the request, in either order. On any fault nothing stays on disk. */
  private async receive(request: FastifyRequest) {
    if (!request.isMultipart())
      throw new Problem('not_multipart', 415, 'An upload comes as multipart/form-data.', {
        fix: 'Send the parts file and options.',
      });
    let path: string | null = null;
    try {
      let fileName = '';
      let options: string | null = null;
      for await (const part of request.parts()) {
        if (isFile(part)) {
          if (part.fieldname !== 'file' || path !== null) throw unexpectedPart(part.fieldname);
          fileName = part.filename;
          path = await this.uploads.receive(part.file);
          if (part.file.truncated) throw this.uploads.tooLarge();
        } else if (part.fieldname === 'options') options = String(part.value);
        else throw unexpectedPart(part.fieldname);
      }
      const read = readImportOptions(options);
      if (path === null)
        throw new Problem('file_missing', 422, 'The upload has no file.', { field: 'file', fix: 'Choose a file.' });
      return { file: { path, fileName }, options: read };
    } catch (error) {
      if (path !== null) await this.uploads.discard(path);
      throw error;
    }
  }
}

function isFile(part: MultipartFile | MultipartValue): part is MultipartFile {
  return part.type === 'file';
}

function unexpectedPart(name: string): Problem {
  return new Problem('unexpected_part', 422, `The upload has a part "${name}" that is not expected there.`, {
    fix: 'Send one part file and one part options.',
  });
}
