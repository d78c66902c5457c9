import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Problem } from '../common/problem.js';
import { UploadStore } from './upload-store.js';

/** The parts of an upload: where its file lies now, what it is called, and the other part as it came. */
export interface ReceivedUpload {
  path: string;
  fileName: string;
  options: string | null;
}

/** Takes the parts of an upload off a request, in either order. On any fault nothing stays on disk. */
@Injectable()
export class UploadReceiver {
  constructor(@Inject(UploadStore) private readonly uploads: UploadStore) {}

  /** Throws not_multipart (415), unexpected_part, file_missing (422), file_too_large (413). */
  async receive(request: FastifyRequest): Promise<ReceivedUpload> {
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
      if (path === null)
        throw new Problem('file_missing', 422, 'The upload has no file.', { field: 'file', fix: 'Choose a file.' });
      return { path, fileName, options };
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
