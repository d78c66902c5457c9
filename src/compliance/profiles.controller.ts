import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import {
  CreateOverrideDto,
  EffectiveRuleView,
  HolidayChangeQueryDto,
  HolidayChangeView,
  HolidaysQueryDto,
  HolidayView,
  OverrideView,
  ProfileVersionView,
  ProfileView,
  PutHolidayChangesDto,
  RetireProfileDto,
  RuleQueryDto,
  UploadProfileDto,
} from './profiles.dto.js';
import { ProfilesService } from './profiles.service.js';

/** The rules of calling: profiles of jurisdictions, departures from them, holidays. */
@Controller('calling-rules')
@Roles('marketer', 'manager')
export class ProfilesController {
  constructor(
    private readonly profiles: ProfilesService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All profiles that hold: the house’s, the shipped ones, the organisation’s own. */
  @Get('profiles')
  async listProfiles(@CurrentUser() user: Principal): Promise<ProfileView[]> {
    const all = await this.profiles.listProfiles(user.organisationId);
    const house = all[0]!.profile;
    return all.map((each) => ProfileView.of(each, house));
  }

  /** Versions of the organisation’s own profiles, newest first, also those that hold no more. */
  @Get('profile-versions')
  async listVersions(@CurrentUser() user: Principal): Promise<ProfileVersionView[]> {
    return (await this.profiles.listVersions(user.organisationId)).map((row) => ProfileVersionView.of(row));
  }

  /** Upload a profile, or a new version of one. It narrows what holds without it, and never widens it. */
  @Post('profiles')
  @Roles('manager')
  async upload(@CurrentUser() user: Principal, @Body() body: UploadProfileDto): Promise<ProfileView> {
    const made = await this.profiles.upload(user, body.document);
    const [house] = await this.profiles.listProfiles(user.organisationId);
    return ProfileView.of(made, house!.profile);
  }

  /** Let one of the organisation’s own profiles hold no more. */
  @Post('profiles/:code/retire')
  @Roles('manager')
  @HttpCode(204)
  async retire(
    @CurrentUser() user: Principal,
    @Param('code') code: string,
    @Body() body: RetireProfileDto,
  ): Promise<void> {
    await this.profiles.retire(user, code, body.reason.trim());
  }

  /** What holds for calls to a country, or a part of it. */
  @Get('effective')
  async getRule(@CurrentUser() user: Principal, @Query() query: RuleQueryDto): Promise<EffectiveRuleView> {
    const place = { country: query.country, regions: (query.regions?.split(',') ?? []).sort() };
    return EffectiveRuleView.of(await this.profiles.getRule(user.organisationId, place, query.purpose ?? 'sales'));
  }

  /** Departures from rules, newest first, also those that are over. */
  @Get('overrides')
  async listOverrides(@CurrentUser() user: Principal): Promise<OverrideView[]> {
    const now = this.clock.now();
    return (await this.profiles.listOverrides(user.organisationId)).map((row) => OverrideView.of(row, now));
  }

  /** Depart from a rule for a while, as a legal opinion allows it. It is signed, and shows in each decision. */
  @Post('overrides')
  @Roles('manager')
  async override(@CurrentUser() user: Principal, @Body() body: CreateOverrideDto): Promise<OverrideView> {
    const { profile, cell, value, opinion, validFrom, validTo } = body;
    const id = await this.profiles.override(user, {
      ...{ profile, cell, opinion, value: value ?? null, validTo: new Date(validTo) },
      ...(validFrom !== undefined && { validFrom: new Date(validFrom) }),
    });
    const all = await this.profiles.listOverrides(user.organisationId);
    return OverrideView.of(
      all.find((row) => row.id === id)!,
      this.clock.now(),
    );
  }

  /** End a departure before its time. */
  @Post('overrides/:id/revoke')
  @Roles('manager')
  @HttpCode(204)
  async revokeOverride(@CurrentUser() user: Principal, @Param('id', ParseIdPipe) id: number): Promise<void> {
    await this.profiles.revokeOverride(user, id);
  }

  /** Public holidays of a place in a year. */
  @Get('holidays')
  async listHolidays(@CurrentUser() user: Principal, @Query() query: HolidaysQueryDto): Promise<HolidayView[]> {
    const place = { country: query.country, regions: query.region ? [query.region] : [] };
    const holidays = await this.profiles.listHolidays(user.organisationId, place, query.year);
    return holidays.map((holiday) => Object.assign(new HolidayView(), holiday));
  }

  /** Days that the organisation’s calendar has otherwise. */
  @Get('holiday-changes')
  async listHolidayChanges(@CurrentUser() user: Principal): Promise<HolidayChangeView[]> {
    return (await this.profiles.listHolidayChanges(user.organisationId)).map((row) => HolidayChangeView.of(row));
  }

  /** Further holidays, and holidays that are worked because days were moved. */
  @Post('holiday-changes')
  @Roles('manager')
  @HttpCode(200)
  async putHolidayChanges(
    @CurrentUser() user: Principal,
    @Body() body: PutHolidayChangesDto,
  ): Promise<HolidayChangeView[]> {
    const changes = body.changes.map(({ country, region, day, kind, name }) => ({
      ...{ country, day, kind, region: region ?? '', name: name?.trim() ?? '' },
    }));
    await this.profiles.putHolidayChanges(user, changes);
    return this.listHolidayChanges(user);
  }

  /** Let the calendar have a day as it had it. */
  @Delete('holiday-changes')
  @Roles('manager')
  @HttpCode(204)
  async deleteHolidayChange(@CurrentUser() user: Principal, @Query() query: HolidayChangeQueryDto): Promise<void> {
    const { country, region, day } = query;
    await this.profiles.deleteHolidayChange(user, { country, region: region ?? '', day });
  }
}
