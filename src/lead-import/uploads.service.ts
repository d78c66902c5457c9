import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import type { Actor } from '../leads/leads.service.js';
import { readFormat } from './file-analysis.js';
import { LeadImportRepository, type Upload } from './lead-import.repository.js';
import { UploadStore } from './upload-store.js';

/** Files that were dropped and wait for somebody to say how they are to be imported: for a day. */
@Injectable()
export class UploadsService {
  constructor(
    @Inject(LeadImportRepository) private readonly imports: LeadImportRepository,
    @Inject(UploadStore) private readonly store: UploadStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keep a received file. Throws what its format makes unreadable (422), and then deletes it. */
  async keep(actor: Actor, file: { path: string; fileName: string }): Promise<Upload> {
    try {
      await readFormat(file.path);
      const upload: Upload = {
        // The store has made up a name that nobody else has.
        id: basename(file.path),
        fileName: file.fileName.slice(0, 255),
        fileBytes: (await stat(file.path)).size,
        createdBy: actor.userId,
        createdAt: this.clock.now(),
      };
      await this.imports.insertUpload({ ...upload, filePath: file.path, organisationId: actor.organisationId });
      return upload;
    } catch (error) {
      await this.store.discard(file.path);
      throw error;
    }
  }

  /** Throws upload_not_found (404). */
  async getUpload(organisationId: number, id: string): Promise<Upload & { filePath: string }> {
    const upload = await this.imports.findUpload(organisationId, id);
    if (!upload) throw notFound('upload', id);
    return upload;
  }

  /** Throws upload_not_found (404). */
  async deleteUpload(organisationId: number, id: string): Promise<void> {
    const upload = await this.getUpload(organisationId, id);
    await this.imports.deleteUpload(id);
    await this.store.discard(upload.filePath);
  }
}
