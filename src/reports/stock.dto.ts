import { CodeCountView, IdleView } from './report.dto.js';
import type { StockReport } from './stock.service.js';

/** Why some are not called now. */
export class NotNowView extends CodeCountView {
  /** When the first of them may be, where that is known. */
  nextAt!: Date | null;
}

/** People who are where nobody may be called now. */
export class ClosedPlaceView {
  /** Their bucket: a country, its parts and its zones. */
  bucketId!: number;
  country!: string;
  /** By ISO 3166-2; none where they are not known. */
  regions!: string[];
  /** All zones where they may be. */
  zones!: string[];
  count!: number;
  /** When they may be called again, where that is known. */
  opensAt!: Date | null;
}

/**
 * What is left of a calling list. total = completed + available; available = notYetDialled + toBeRedialled + inProgress =
 * ready + inProgress + all of notNow.
 */
export class StockView implements StockReport {
  at!: Date;
  total!: number;
  completed!: number;
  available!: number;
  notYetDialled!: number;
  toBeRedialled!: number;
  inProgress!: number;
  /** Due, where people may be called now; the gate still asks everything else. */
  ready!: number;
  /** callback · own_callback (one operator's) · abandoned · hot · retry · new. */
  readyBy!: CodeCountView[];
  /** What the others wait for: a rule of the gate, or the time of a retry or a promise. */
  notNow!: NotNowView[];
  /** Of those outside calling hours: where they are. */
  closed!: ClosedPlaceView[];
  completedBy!: CodeCountView[];
  /** Why nobody is called right now; null while somebody is. */
  idle!: IdleView | null;
}
