import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, type MessagePort, type Transferable } from 'node:worker_threads';

import { Problem } from '../common/problem.js';
import type { BucketKey } from '../leads/leads.service.js';
import type { EncodedChunk } from './import-encoder.js';
import { readChunks, type ReaderTask } from './import-reader.js';

/** Chunks that may wait for their commit: one is being committed, one is ready, one is being made. */
const CHUNKS_AHEAD = 3;
/** What a file may make the reading thread hold, its buffers apart. A bomb ends the thread, not the process. */
const THREAD_HEAP_MB = 256;
/** Room for what a row leaves behind: with the usual sixteen, a tenth more of the thread's time goes into collecting it. */
const THREAD_YOUNG_MB = 64;

type ToReader = { kind: 'go'; firstLeadId: number } | { kind: 'buckets'; ids: number[] } | { kind: 'stop' };
type FromReader =
  | { kind: 'chunk'; chunk: EncodedChunk }
  | { kind: 'buckets'; keys: readonly BucketKey[] }
  | { kind: 'end' }
  | { kind: 'failed'; problem: SentProblem | null; message: string; stack: string | undefined };

interface SentProblem {
  code: string;
  status: number;
  detail: string;
  extra: { field?: string; fix?: string; more?: Record<string, unknown> };
}

/** What the reader needs of the rest of the engine. */
export interface ChunkDesk {
  /** Ids for the leads of one more chunk; the first of them. */
  reserveLeadIds(): Promise<number>;
  /** Ids of buckets, in the order asked. */
  bucketIds(keys: readonly BucketKey[]): Promise<number[]>;
}

/**
 * The chunks of a file, made on a thread of their own while the caller commits the ones before. From sources, as the tests
 * run, there is no compiled thread to start: then it is read on this one, through the same messages.
 */
export async function* readOnThread(task: ReaderTask, desk: ChunkDesk): AsyncGenerator<EncodedChunk> {
  const reader = startReader(task);
  const inbox = new Inbox<Exclude<FromReader, { kind: 'buckets' }>>();
  reader.port.on('message', (message: FromReader) => {
    if (message.kind === 'buckets') {
      desk.bucketIds(message.keys).then(
        (ids) => reader.port.postMessage({ kind: 'buckets', ids } satisfies ToReader),
        (error: unknown) => inbox.fail(error),
      );
    } else inbox.put(message);
  });
  reader.onDeath((error) => inbox.fail(error));
  const order = async () => {
    const firstLeadId = await desk.reserveLeadIds();
    reader.port.postMessage({ kind: 'go', firstLeadId } satisfies ToReader);
  };
  try {
    for (let i = 0; i < CHUNKS_AHEAD; i++) await order();
    for (;;) {
      const message = await inbox.take();
      if (message.kind === 'end') return;
      if (message.kind === 'failed') throw errorOf(message);
      yield message.chunk;
      await order();
    }
  } finally {
    reader.port.postMessage({ kind: 'stop' } satisfies ToReader);
    await reader.close();
  }
}

interface Reader {
  port: MessagePort | Worker;
  onDeath(listener: (error: Error) => void): void;
  close(): Promise<void>;
}

const COMPILED = new URL('./import-worker.js', import.meta.url);

function startReader(task: ReaderTask): Reader {
  if (existsSync(fileURLToPath(COMPILED))) {
    const worker = new Worker(COMPILED, {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB, maxYoungGenerationSizeMb: THREAD_YOUNG_MB },
    });
    return {
      port: worker,
      onDeath: (listener) => {
        worker.on('error', listener);
        // After its last message, or without one.
        worker.on('exit', (code) => listener(new Error(`The reading thread ended with code ${code}`)));
      },
      close: async () => void (await worker.terminate()),
    };
  }
  const { port1, port2 } = new MessageChannel();
  const done = serveReader(port2, task);
  return {
    port: port1,
    onDeath: () => undefined,
    close: async () => {
      await done;
      port1.close();
    },
  };
}

/** The reader's side: serve one task on a port, to its end or until it is told to stop. */
export async function serveReader(port: MessagePort, task: ReaderTask): Promise<void> {
  const leadIds = new Inbox<number | null>();
  const buckets = new Inbox<number[]>();
  port.on('message', (message: ToReader) => {
    if (message.kind === 'go') leadIds.put(message.firstLeadId);
    else if (message.kind === 'buckets') buckets.put(message.ids);
    else {
      leadIds.put(null);
      buckets.fail(new Stopped());
    }
  });
  const send = (message: FromReader, moved: Transferable[] = []) => port.postMessage(message, moved);
  const desk = {
    nextLeadId: () => leadIds.take(),
    bucketIds: (keys: readonly BucketKey[]) => {
      send({ kind: 'buckets', keys });
      return buckets.take();
    },
  };
  try {
    for await (const chunk of readChunks(task, desk)) send({ kind: 'chunk', chunk }, memoryOf(chunk));
    send({ kind: 'end' });
  } catch (error) {
    if (!(error instanceof Stopped)) send(failure(error));
  } finally {
    port.close();
  }
}

class Stopped extends Error {}

/** Moved to the other thread, not copied. */
function memoryOf(chunk: EncodedChunk): Transferable[] {
  const { leads, phones, rejects, matchHashes, leadEnds, phoneEnds, keys, moreKeys, barred } = chunk;
  return [leads, phones, rejects, matchHashes, leadEnds, phoneEnds, keys, moreKeys, barred].map(
    (part) => part.buffer as ArrayBuffer,
  );
}

function failure(error: unknown): FromReader {
  const problem = error instanceof Problem ? error : null;
  return {
    kind: 'failed',
    problem: problem && {
      code: problem.code,
      status: problem.status,
      detail: problem.message,
      extra: { field: problem.field, fix: problem.fix, more: problem.more },
    },
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function errorOf({ problem, message, stack }: Extract<FromReader, { kind: 'failed' }>): Error {
  if (problem) return new Problem(problem.code, problem.status, problem.detail, problem.extra);
  return Object.assign(new Error(message), { stack });
}

/** Messages in their order, waited for one at a time. */
class Inbox<T> {
  private readonly waiting: T[] = [];
  private taker: { resolve(value: T): void; reject(error: unknown): void } | null = null;
  private failure: { error: unknown } | null = null;

  put(value: T): void {
    if (this.taker) {
      this.taker.resolve(value);
      this.taker = null;
    } else this.waiting.push(value);
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.taker?.reject(error);
    this.taker = null;
  }

  take(): Promise<T> {
    if (this.waiting.length > 0) return Promise.resolve(this.waiting.shift()!);
    if (this.failure) return Promise.reject(this.failure.error as Error);
    return new Promise((resolve, reject) => {
      this.taker = { resolve, reject };
    });
  }
}
