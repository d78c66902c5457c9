import { parentPort, workerData } from 'node:worker_threads';

import type { ReaderTask } from './import-reader.js';
import { serveReader } from './reader-thread.js';

/** Entry of the thread that reads the file of one import. */
await serveReader(parentPort!, workerData as ReaderTask);
