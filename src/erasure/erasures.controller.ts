import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { EraseDto, ErasureView, ListErasuresDto } from './erasure.dto.js';
import { ErasuresService } from './erasures.service.js';

/** Taking people out on their wish. */
@Controller('erasures')
@Roles('manager')
export class ErasuresController {
  constructor(private readonly erasures: ErasuresService) {}

  /** 50 of them, newest first. */
  @Get()
  async listErasures(@CurrentUser() user: Principal, @Query() { before }: ListErasuresDto): Promise<ErasureView[]> {
    return (await this.erasures.listErasures(user.organisationId, before)).map((row) => ErasureView.of(row));
  }

  /** One of them. */
  @Get(':id')
  async getErasure(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<ErasureView> {
    return ErasureView.of(await this.erasures.getErasure(user.organisationId, id));
  }

  /**
   * Erase whoever has the number: name, attributes, ids, all phones, notes. It can't be undone. All their numbers are
   * suppressed at once and stay so, as keyed hashes; what was dialled and why stays without a word of the person.
   */
  @Post()
  @HttpCode(202)
  async erase(@CurrentUser() user: Principal, @Body() body: EraseDto): Promise<ErasureView> {
    return ErasureView.of(await this.erasures.startErasure(user, body));
  }
}
