import { describe, expect, it } from '@jest/globals';

import { isSameOrigin } from './same-origin.js';

const host = 'zvon.example:3000';

describe('isSameOrigin', () => {
  it.each([
    ['the console itself', { host, 'sec-fetch-site': 'same-origin', origin: 'http://zvon.example:3000' }],
    ['the console, in a browser that only says its origin', { host, origin: 'http://zvon.example:3000' }],
    ['a program that is no browser', { host }],
  ])('lets %s through', (_who, headers) => {
    expect(isSameOrigin(headers, null)).toBe(true);
  });

  it.each([
    ['another site', { host, 'sec-fetch-site': 'cross-site' }],
    ['a neighbour under the same domain', { host, 'sec-fetch-site': 'same-site' }],
    ['a link that somebody typed', { host, 'sec-fetch-site': 'none' }],
    ['another origin', { host, origin: 'http://evil.example' }],
    ['another port', { host, origin: 'http://zvon.example:4000' }],
    ['a page without an origin', { host, origin: 'null' }],
    ['something that is no origin', { host, origin: 'zvon.example:3000/' }],
    [
      'a site that contradicts its origin',
      { host, 'sec-fetch-site': 'cross-site', origin: 'http://zvon.example:3000' },
    ],
  ])('stops %s', (_who, headers) => {
    expect(isSameOrigin(headers, null)).toBe(false);
  });

  it('takes the public address for ours, behind a proxy that changes the host', () => {
    const headers = { host: '10.0.0.5:3000', origin: 'https://calls.example' };
    expect(isSameOrigin(headers, 'https://calls.example')).toBe(true);
    expect(isSameOrigin(headers, 'https://other.example')).toBe(false);
  });
});
