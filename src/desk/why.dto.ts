export class WhyReason {
  code!: string;
  sentence!: string;
  /** When this reason ends by itself. */
  nextAt!: Date | null;
}

/** The gate's answer for one lead, without a dial. */
export class WhyView {
  verdict!: 'allow' | 'defer' | 'deny';
  reasons!: WhyReason[];
  /** When none of the reasons stands any more, where that is known. */
  nextAt!: Date | null;
  /** State of the calling-list entry. */
  state!: string;
  /** When the entry is due. */
  dueAt!: Date;
}
