import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';

import { SeededRandom } from '../common/random.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { ConfigModule } from '../config/config.module.js';
import { readSettings } from '../config/settings.js';
import { SimulatedTelephony } from './simulator/simulator.js';
import { TelephonyModule } from './telephony.module.js';
import { TELEPHONY, type TelephonyPort } from './telephony.port.js';

describe('the telephony module', () => {
  it('hands out one simulator as the switch, and stops its calls with the process', async () => {
    const clock = new VirtualClock(new Date('2026-11-23T09:00:00Z'));
    const config = ConfigModule.with(readSettings({}), clock, new SeededRandom('seed'));
    const app = await Test.createTestingModule({ imports: [config, TelephonyModule] }).compile();
    const port = app.get<TelephonyPort>(TELEPHONY);
    expect(port).toBe(app.get(SimulatedTelephony));
    await port.connect(async () => undefined);
    const order = { attemptId: 1, to: '+12025550100', from: null, ringTimeoutMs: 22_000, maxLifeMs: 60_000 };
    expect(await port.originate(order)).toBe('accepted');
    expect(clock.nextAt()).not.toBeNull();
    await app.close();
    expect(clock.nextAt()).toBeNull();
  });
});
