import { describe, expect, it } from '@jest/globals';

import { canonicalZone, countryZones } from './time-zones.js';
import { zoneCandidates } from './whereabouts.js';

describe('where somebody may be', () => {
  it('is the zone that the file states, under its canonical name', () => {
    expect(zoneCandidates({ country: 'RU', timeZone: 'Asia/Omsk' })).toEqual(['Asia/Omsk']);
    expect(zoneCandidates({ country: 'VN', timeZone: ' Asia/Saigon ' })).toEqual(['Asia/Ho_Chi_Minh']);
  });

  it('is the whole country where the stated zone does not exist, or says an offset and no place', () => {
    for (const timeZone of ['Mars/Olympus', 'UTC+3', 'EST', 'Etc/GMT-3', ''])
      expect(zoneCandidates({ country: 'PT', timeZone })).toEqual(countryZones('PT'));
  });

  it('is the zones of the state, or the zone that is called as the region is', () => {
    expect(zoneCandidates({ country: 'US', region: 'FL' })).toEqual(['America/Chicago', 'America/New_York']);
    expect(zoneCandidates({ country: 'US', region: 'california' })).toEqual(['America/Los_Angeles']);
    expect(zoneCandidates({ country: 'RU', region: 'Novosibirsk' })).toEqual(['Asia/Novosibirsk']);
    expect(zoneCandidates({ country: 'US', region: 'Atlantis' })).toEqual(countryZones('US'));
  });

  it('is every zone of the country otherwise, one for each clock', () => {
    expect(countryZones('FR')).toEqual(['Europe/Paris']);
    expect(countryZones('VN')).toEqual(['Asia/Ho_Chi_Minh']);
    expect(countryZones('PT')).toEqual(['Atlantic/Azores', 'Europe/Lisbon']);
    expect(countryZones('RU')).toHaveLength(11);
    expect(countryZones('AU')).not.toContain('Antarctica/Macquarie');
    expect(countryZones('ZZ')).toEqual(['Etc/UTC']);
  });

  it('comes sorted, so that the same people share a bucket', () => {
    for (const country of ['US', 'RU', 'BR', 'AU', 'ID'])
      expect(countryZones(country)).toEqual([...countryZones(country)].sort());
  });
});

it('gives aliases their canonical name and refuses what is no zone', () => {
  expect(canonicalZone('Europe/Kiev')).toBe('Europe/Kyiv');
  expect(canonicalZone('America/New York')).toBe('America/New_York');
  expect(canonicalZone('constructor')).toBeNull();
});
