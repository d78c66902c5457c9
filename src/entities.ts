import { User } from './auth/user.entity.js';
import { AdvertisingClaim } from './campaigns/advertising-claim.entity.js';
import { Campaign } from './campaigns/campaign.entity.js';
import { Offer } from './campaigns/offer.entity.js';
import { Outcome, OutcomeSet, RefusalReason } from './campaigns/outcome-set.entity.js';
import { Script, ScriptVersion } from './campaigns/script.entity.js';
import { Base } from './leads/base.entity.js';
import { Lead } from './leads/lead.entity.js';
import { Phone } from './leads/phone.entity.js';
import { Segment, SegmentVersion } from './segmentation/segment.entity.js';

/** Every entity of the ORM, named: no globs. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
export const ENTITIES: Function[] = [
  User,
  Base,
  Lead,
  Phone,
  Campaign,
  Offer,
  Script,
  ScriptVersion,
  AdvertisingClaim,
  OutcomeSet,
  Outcome,
  RefusalReason,
  Segment,
  SegmentVersion,
];
