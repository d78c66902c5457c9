import { Injectable, type PipeTransform } from '@nestjs/common';

import { Problem } from './problem.js';

/** Largest id of a 32-bit column. */
export const MAX_ID = 2_147_483_647;

/** An id in an address: a whole number that a 32-bit column can hold, so that no statement fails over it. */
@Injectable()
export class ParseIdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    const id = /^[0-9]{1,10}$/.test(value) ? Number(value) : NaN;
    if (id >= 1 && id <= MAX_ID) return id;
    throw new Problem('id_invalid', 400, 'The address holds no valid id.', {
      fix: 'Check the address, or choose one from the list.',
    });
  }
}
