import { Global, Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { CALL_CAPTIONS, type CallCaptions } from '../desk/call-captions.js';
import { DialingModule } from '../dialing/dialing.module.js';
import { DispositionsModule } from '../dispositions/dispositions.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { SimulatedTelephony } from '../telephony/simulator/simulator.js';
import { TelephonyModule } from '../telephony/telephony.module.js';
import { SimulatedFloorService } from './simulated-floor.service.js';

/** The demonstration's floor, in processes that dial on the simulated switch. */
@Global()
@Module({
  imports: [
    AuthModule,
    CampaignsModule,
    DialingModule,
    DispositionsModule,
    LeadsModule,
    OperatorsModule,
    TelephonyModule,
  ],
  providers: [
    SimulatedFloorService,
    {
      provide: CALL_CAPTIONS,
      useFactory: (telephony: SimulatedTelephony): CallCaptions => ({
        captionOf: (attemptId) => {
          const said = telephony.conversationOf(attemptId);
          if (!said) return null;
          const { reason = null, competitor = null, price = null } = said.refusal ?? {};
          const callbackInMinutes = said.callback ? Math.round(said.callback.inMs / 60_000) : null;
          return { outcome: said.outcome, refusalReason: reason, competitor, price, callbackInMinutes };
        },
      }),
      inject: [SimulatedTelephony],
    },
  ],
  exports: [SimulatedFloorService, CALL_CAPTIONS],
})
export class SimulationModule {}
