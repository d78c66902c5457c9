import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { ImportView, LoadListDto } from './import.dto.js';
import { LeadImportService } from './lead-import.service.js';
import { UploadsService } from './uploads.service.js';

/** Files into suppression lists. */
@Controller('suppression-lists')
@Roles('marketer', 'manager')
export class ListLoadsController {
  constructor(
    @Inject(LeadImportService) private readonly imports: LeadImportService,
    @Inject(UploadsService) private readonly uploads: UploadsService,
  ) {}

  /** The newest file of each list that has one. */
  @Get('files')
  async listLast(@CurrentUser() user: Principal): Promise<ImportView[]> {
    return (await this.imports.lastLoads(user.organisationId)).map((each) => ImportView.of(each));
  }

  /** Have a file of numbers loaded in the background. Its numbers bind all at once, when the last row has been read. */
  @Post(':id/files')
  @HttpCode(202)
  async load(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) listId: number,
    @Body() { uploadId, datedAt, ...options }: LoadListDto,
  ): Promise<ImportView> {
    const { filePath: path, fileName } = await this.uploads.getUpload(user.organisationId, uploadId);
    const dated = datedAt === undefined ? undefined : new Date(datedAt);
    const started = await this.imports.startListLoad(user, { path, fileName }, { ...options, listId, datedAt: dated });
    return ImportView.of(started);
  }
}
