import type { UserRole } from '../auth/access.js';
import type { CampaignSettings } from '../campaigns/campaigns.service.js';
import type { CampaignHours } from '../campaigns/campaign-hours.js';
import { WEEKDAYS } from '../compliance/profile.js';

export const DEMO_PEOPLE: Record<UserRole, string> = {
  marketer: 'Maria Keller',
  manager: 'Andrei Volkov',
  operator: 'Linh Tran',
};

/** The campaign's own hours narrow nothing: the profile's hours decide alone. */
export const ALL_HOURS: CampaignHours = Object.fromEntries(WEEKDAYS.map((day) => [day, ['00:00', '24:00']]));

export const DEMO_OFFER = {
  name: 'Clear Energy 12',
  description: 'Electricity at a fixed price for twelve months, no meter change, 14 days to withdraw.',
  price: 49.9,
  currency: 'EUR',
};

export const DEMO_SCRIPT = {
  name: 'Clear Energy 12, first call',
  steps: [
    {
      title: 'Greeting',
      text: 'Good day, this is Clear Energy. Am I speaking with {{name}}? I am calling about the electricity of your home in {{city}}. Do you have two minutes?',
    },
    {
      title: 'Need',
      text: 'Our records say that you pay about {{monthly_bill_eur}} € a month. Is that right? Who is your supplier today?',
    },
    {
      title: 'Offer',
      text: 'With Clear Energy 12 you would pay 49.90 € a month, at the same price for twelve months. Nothing changes at your meter.',
    },
    {
      title: 'Close',
      text: 'You receive the contract by post and have 14 days to withdraw. Shall I prepare it for you?',
    },
  ],
};

export const DEMO_CAMPAIGN: CampaignSettings & { name: string } = {
  name: 'Clear Energy, autumn',
  mode: 'progressive',
  maxAttempts: 5,
  maxAttemptsPerDay: 3,
  wrapUpMs: 60_000,
  simulatedOperators: 4,
};
