import type { UserRole } from '../auth/access.js';
import type { CampaignSettings } from '../campaigns/campaigns.service.js';
import type { CampaignHours } from '../campaigns/campaign-hours.js';
import type { NewScript } from '../campaigns/scripts.service.js';
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

export const DEMO_SCRIPT: NewScript = {
  name: 'Clear Energy 12, first call',
  seller: 'Clear Energy',
  languages: ['en'],
  steps: [
    {
      id: 'greeting',
      title: 'Greeting',
      mustSay: true,
      text: 'Good day, this is {{seller}}. Am I speaking with {{name}}? I am calling about the electricity of your home in {{city}}. You may decline at any time, and we will not call you again. Do you have two minutes?',
      answers: [
        { label: 'Yes', goto: 'need' },
        { label: 'No, thank you', goto: 'farewell' },
        { label: 'Wrong person', goto: 'end', refuses: true },
      ],
    },
    {
      id: 'need',
      title: 'Need',
      text: 'Our records say that you pay about {{monthly_bill_eur}} € a month. Is that right? Who is your supplier today?',
      fields: [
        { id: 'pays_now', label: 'Pays a month now, in €', type: 'number', min: 0, max: 5000 },
        { id: 'supplier_now', label: 'Supplier today', type: 'text', max: 100 },
      ],
      answers: [{ label: 'Tells', goto: 'offer' }],
    },
    {
      id: 'offer',
      title: 'Offer',
      mustSay: true,
      text: 'With {{offer.name}} you would pay {{offer.price}} a month, at the same price for twelve months. Nothing changes at your meter.',
      answers: [
        { label: 'Agrees', goto: 'close' },
        { label: 'Hesitates or refuses', goto: 'farewell' },
      ],
    },
    {
      id: 'close',
      title: 'Close',
      text: 'You receive the contract by post and have 14 days to withdraw. Shall I prepare it for you?',
      answers: [{ label: 'Agrees', goto: 'end' }],
    },
    {
      id: 'farewell',
      title: 'Farewell',
      text: 'Thank you for your time. Have a good day.',
      answers: [{ label: 'Good bye', goto: 'end', refuses: true }],
    },
  ],
  objections: [
    {
      refusalReason: 'too_expensive',
      title: 'Too expensive',
      text: 'I understand. The price stays as it is for twelve months: {{offer.price}}. What would you pay?',
    },
    {
      refusalReason: 'has_supplier',
      title: 'Has a supplier',
      text: 'May I ask until when your contract runs? I can call you when it ends.',
    },
  ],
  forms: [
    {
      id: 'order',
      kind: 'order',
      title: 'Contract by post',
      fields: [
        { id: 'address', label: 'Address for the contract', type: 'address', required: true },
        { id: 'starts_on', label: 'Supply from', type: 'date', required: true },
        { id: 'email', label: 'E-mail', type: 'email' },
      ],
    },
  ],
  printed: [
    {
      id: 'confirmation',
      title: 'Your contract with Clear Energy',
      text: 'Dear {{name|customer}}, you chose {{offer.name}} at {{offer.price}} a month from {{answer.starts_on}}. You have 14 days to withdraw.',
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
