import { Body, Controller, Delete, Get, HttpCode, Inject, Param, ParseUUIDPipe, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { FileAnalysisService } from './file-analysis.service.js';
import { AnalysisRequestDto, AnalysisView, UploadView } from './import.dto.js';
import { UploadReceiver } from './upload-receiver.js';
import { UploadsService } from './uploads.service.js';

/** Files that wait for somebody to say how they are to be imported. */
@Controller('uploads')
@Roles('marketer', 'manager')
export class UploadsController {
  constructor(
    @Inject(UploadsService) private readonly uploads: UploadsService,
    @Inject(UploadReceiver) private readonly receiver: UploadReceiver,
    @Inject(FileAnalysisService) private readonly analyses: FileAnalysisService,
  ) {}

  /** Upload a file (part `file`). It is kept for a day, or until its import has ended. */
  @Post()
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
  })
  async upload(@CurrentUser() user: Principal, @Req() request: FastifyRequest): Promise<UploadView> {
    return UploadView.of(await this.uploads.keep(user, await this.receiver.receive(request)));
  }

  /** One upload. */
  @Get(':id')
  async getUpload(@CurrentUser() user: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<UploadView> {
    return UploadView.of(await this.uploads.getUpload(user.organisationId, id));
  }

  /** Take it away. */
  @Delete(':id')
  @HttpCode(204)
  async deleteUpload(@CurrentUser() user: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    await this.uploads.deleteUpload(user.organisationId, id);
  }

  /** What is in the file, and what would become of its rows, read as it is guessed or as it is asked for. */
  @Post(':id/analysis')
  @HttpCode(200)
  async analyse(
    @CurrentUser() user: Principal,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() request: AnalysisRequestDto,
  ): Promise<AnalysisView> {
    const { filePath } = await this.uploads.getUpload(user.organisationId, id);
    return AnalysisView.of(await this.analyses.analyse(user, filePath, request));
  }
}
