import { Body, Controller, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { DossierView } from './dossier.dto.js';
import { DossierService } from './dossier.service.js';
import { NumberDto } from './suppression.dto.js';

/** What is known of a number. Each look is noted. */
@Controller('dossiers')
@Roles('manager')
export class DossiersController {
  constructor(private readonly dossiers: DossierService) {}

  /** Everything that is known of one number. */
  @Post()
  @HttpCode(200)
  async readDossier(@CurrentUser() user: Principal, @Body() body: NumberDto): Promise<DossierView> {
    return DossierView.of(await this.dossiers.read(user, body, 'read'));
  }

  /** The same as a file of JSON, for whoever asks what we hold about them. */
  @Post('export')
  @HttpCode(200)
  @ApiProduces('application/json')
  async exportDossier(@CurrentUser() user: Principal, @Body() body: NumberDto): Promise<StreamableFile> {
    const dossier = DossierView.of(await this.dossiers.read(user, body, 'export'));
    const name = `dossier-${dossier.at.slice(0, 10)}.json`;
    return new StreamableFile(Buffer.from(JSON.stringify(dossier, null, 2)), {
      type: 'application/json; charset=utf-8',
      disposition: `attachment; filename="${name}"`,
    });
  }
}
