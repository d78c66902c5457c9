import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Public } from '../auth/access.js';
import { Problem } from '../common/problem.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { LiveView, ReadyView } from './health.dto.js';
import { MetricsService } from './metrics.service.js';
import { ReadinessService } from './readiness.service.js';

/** For whoever watches over the process. */
@Controller()
export class HealthController {
  constructor(
    @Inject(ReadinessService) private readonly readiness: ReadinessService,
    @Inject(MetricsService) private readonly metrics: MetricsService,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'metricsToken'>,
  ) {}

  /** The process runs. */
  @Get('health/live')
  @Public()
  getLive(): LiveView {
    return { status: 'ok' };
  }

  /** The process can do its work: its database answers and has the schema it needs, and the clocks agree. */
  @Get('health/ready')
  @Public()
  @ApiResponse({ status: 503, description: 'It cannot.', type: ReadyView })
  async getReady(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyView> {
    const readiness = await this.readiness.look();
    if (readiness.status === 'error') reply.status(503);
    return readiness;
  }

  @Get('metrics')
  @Public()
  @ApiExcludeEndpoint()
  async getMetrics(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.mayScrape(request))
      throw new Problem('metrics_forbidden', 403, 'Metrics are read from this machine or with the metrics token.', {
        fix: 'Set METRICS_TOKEN and send it as a bearer token.',
      });
    const { text, contentType } = await this.metrics.expose();
    reply.header('content-type', contentType);
    return text;
  }

  private mayScrape(request: FastifyRequest): boolean {
    const { metricsToken } = this.settings;
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (metricsToken !== null && given !== undefined) return isSame(given, metricsToken);
    // A proxy on this machine speaks from loopback too, but for somebody else.
    const forwarded = request.headers['x-forwarded-for'] ?? request.headers['forwarded'];
    return forwarded === undefined && isLoopback(request.socket.remoteAddress);
  }
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d+){3})$/.test(address);
}
