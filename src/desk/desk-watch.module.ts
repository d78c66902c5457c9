import { Module } from '@nestjs/common';

import { DialingModule } from '../dialing/dialing.module.js';
import { DispositionsModule } from '../dispositions/dispositions.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { DeskWatchService } from './desk-watch.service.js';

/** The watch over desks, in processes that dial. */
@Module({ imports: [DialingModule, DispositionsModule, OperatorsModule], providers: [DeskWatchService] })
export class DeskWatchModule {}
