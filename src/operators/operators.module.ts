import { Module } from '@nestjs/common';

import { OperatorsRepository } from './operators.repository.js';
import { OperatorsService } from './operators.service.js';

@Module({ providers: [OperatorsRepository, OperatorsService], exports: [OperatorsService] })
export class OperatorsModule {}
