import { Module } from '@nestjs/common';

import { DialingRepository } from './dialing.repository.js';
import { DialingService } from './dialing.service.js';

/** Attempts, in every process. */
@Module({ providers: [DialingRepository, DialingService], exports: [DialingService] })
export class DialingModule {}
