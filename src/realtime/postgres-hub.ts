import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import pg from 'pg';

import { LocalHub, type Hub, type HubListener, type Topic } from './hub.js';

const CHANNEL = 'zvon';
/** Topics published within this time travel together, each once. */
const GATHER_MS = 20;
/** Postgres refuses a notification of 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_500;
const RETRY_FIRST_MS = 100;
const RETRY_LONGEST_MS = 5_000;
/** More topics than this while the database is away are not worth keeping: listeners also look by themselves. */
const MAX_WAITING = 1_000;

interface Message {
  from: string;
  topics: [Topic['kind'], number][];
}

/**
 * Between processes, by LISTEN and NOTIFY on a connection of its own. Listeners in this process hear at once and only
 * once. While the connection is away, topics wait for it.
 */
export class PostgresHub implements Hub {
  private readonly log = new Logger(PostgresHub.name);
  private readonly inner = new LocalHub();
  private readonly self = randomUUID();
  private readonly waiting = new Map<string, Topic>();
  private client: pg.Client | null = null;
  private gathering: NodeJS.Timeout | null = null;
  private retrying: NodeJS.Timeout | null = null;
  private sending: Promise<void> = Promise.resolve();
  private connecting: Promise<void> = Promise.resolve();
  private retryMs = RETRY_FIRST_MS;
  private closed = false;

  constructor(private readonly databaseUrl: string) {}

  /** Connect and listen. Resolves once word of other processes is heard. */
  async open(): Promise<void> {
    await (this.connecting = this.connect());
  }

  publish(topic: Topic): void {
    this.inner.publish(topic);
    if (this.closed || this.waiting.size >= MAX_WAITING) return;
    this.waiting.set(`${topic.kind} ${topic.id}`, { kind: topic.kind, id: topic.id });
    this.gathering ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  subscribe(listener: HubListener): () => void {
    return this.inner.subscribe(listener);
  }

  /** Send what waits, then hang up. */
  async close(): Promise<void> {
    this.flush();
    this.closed = true;
    await this.sending;
    if (this.retrying) clearTimeout(this.retrying);
    await this.connecting.catch((error: unknown) => this.log.warn(`The hub had no connection: ${String(error)}`));
    await this.client?.end();
    this.client = null;
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'zvon hub',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', (error) => this.reconnect(client, error));
    client.on('end', () => this.reconnect(client, new Error('the connection ended')));
    client.on('notification', (message) => this.hear(message.payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      client.end().catch((again: unknown) => this.log.warn(`A connection did not close: ${String(again)}`));
      throw error;
    }
    this.client = client;
    this.retryMs = RETRY_FIRST_MS;
    if (this.waiting.size > 0) this.flush();
  }

  private reconnect(client: pg.Client, error: Error): void {
    if (this.closed || client !== this.client) return;
    this.client = null;
    this.log.warn(`Word of other processes is cut off: ${error.message}`);
    this.retry();
  }

  private retry(): void {
    this.retrying ??= setTimeout(() => {
      this.retrying = null;
      if (this.closed) return;
      this.retryMs = Math.min(this.retryMs * 2, RETRY_LONGEST_MS);
      this.connecting = this.connect().catch(() => this.retry());
    }, this.retryMs);
  }

  private flush(): void {
    if (this.gathering) clearTimeout(this.gathering);
    this.gathering = null;
    const { client } = this;
    // Without a connection they stay: the next one sends them.
    if (client === null || this.waiting.size === 0) return;
    const topics = [...this.waiting.values()];
    this.waiting.clear();
    this.sending = this.sending.then(() => this.send(client, topics));
  }

  private async send(client: pg.Client, topics: Topic[]): Promise<void> {
    try {
      for (const payload of pack(this.self, topics))
        await client.query({ name: 'hub.notify', text: 'select pg_notify($1, $2)', values: [CHANNEL, payload] });
    } catch (error) {
      this.log.warn(`Word of ${topics.length} changes was not sent: ${String(error)}`);
    }
  }

  private hear(payload: string): void {
    const { from, topics } = JSON.parse(payload) as Message;
    if (from === this.self) return;
    for (const [kind, id] of topics) this.inner.publish({ kind, id });
  }
}

/** As few messages as the size of a notification allows. */
export function pack(from: string, topics: readonly Topic[]): string[] {
  const messages: string[] = [];
  const empty = JSON.stringify({ from, topics: [] }).length;
  let batch: Message['topics'] = [];
  let size = empty;
  for (const { kind, id } of topics) {
    const length = JSON.stringify([kind, id]).length + 1;
    if (size + length > MAX_PAYLOAD_BYTES) {
      messages.push(JSON.stringify({ from, topics: batch }));
      batch = [];
      size = empty;
    }
    batch.push([kind, id]);
    size += length;
  }
  if (batch.length > 0) messages.push(JSON.stringify({ from, topics: batch }));
  return messages;
}
