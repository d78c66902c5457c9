import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';

import { Problem } from '../common/problem.js';
import { dataPath, SETTINGS, type Settings } from '../config/settings.js';

/** Files that wait for their import: in the data folder, readable by its owner alone, gone once the import has ended. */
@Injectable()
export class UploadStore {
  private readonly folder: string;
  private readonly maxBytes: number;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.folder = resolve(dataPath(settings, 'uploads'));
    this.maxBytes = settings.maxUploadBytes;
  }

  /** Write a stream to disk as it comes; returns where. Throws file_too_large (413), and then leaves nothing behind. */
  async receive(file: Readable): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = resolve(this.folder, randomUUID());
    try {
      await pipeline(file, limitTo(this.maxBytes), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return path;
  }

  /** Tells one state of a file from another. */
  async stampOf(path: string): Promise<string> {
    const { size, mtimeMs } = await stat(path);
    return `${resolve(path)}:${size}:${mtimeMs}`;
  }

  /** 413, for whoever notices by other means that a file goes on. */
  tooLarge(): Problem {
    return fileTooLarge(this.maxBytes);
  }

  /** Delete an upload. A file that was never uploaded, such as one named on the command line, stays where it is. */
  async discard(path: string): Promise<void> {
    if (dirname(resolve(path)) === this.folder) await rm(path, { force: true });
  }

  /** Delete uploads that were written before an instant and that nothing in `inUse` names. */
  async sweep(before: Date, inUse: ReadonlySet<string>): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder)) {
      const path = resolve(this.folder, name);
      if (!inUse.has(path) && (await stat(path)).mtimeMs < before.getTime()) await rm(path, { force: true });
    }
  }
}

function limitTo(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(fileTooLarge(maxBytes));
      else done(null, chunk);
    },
  });
}

function fileTooLarge(maxBytes: number): Problem {
  return new Problem('file_too_large', 413, `The file is larger than ${Math.floor(maxBytes / 1_048_576)} MB.`, {
    field: 'file',
    fix: 'Split it, or raise MAX_UPLOAD_MB.',
  });
}
