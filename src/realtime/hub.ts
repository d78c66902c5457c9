/**
 * campaign: settings, state, operators or a free line: something that dialling depends on · calls: a call of the campaign
 * with this id moved · hangup: somebody wants the attempt of this id ended · the rest by their own id.
 */
export type TopicKind =
  'campaign' | 'calls' | 'hangup' | 'operator' | 'job' | 'import' | 'suppression' | 'suppression_list' | 'consent';

/** Something that changed. It says where to look, never what is there: whoever hears it reads the truth in Postgres. */
export interface Topic {
  kind: TopicKind;
  id: number;
}

export type HubListener = (topic: Topic) => void;

/**
 * Word of changes, inside the process and between processes. Publish after commit (`tx.afterCommit`). Delivery is a hint
 * that may be late, repeated or lost; whoever depends on it also looks by itself now and then.
 */
export interface Hub {
  publish(topic: Topic): void;
  /** Listeners are called at once, in the publisher's turn: they take a note and return. Returns how to stop. */
  subscribe(listener: HubListener): () => void;
}

/** Injection token for the hub of a process. */
export const HUB = Symbol('Hub');

/** Within one process only: a simulated shift, tests, and the inner half of the hub between processes. */
export class LocalHub implements Hub {
  private readonly listeners = new Set<HubListener>();

  publish(topic: Topic): void {
    for (const listener of this.listeners) listener(topic);
  }

  subscribe(listener: HubListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
