import { Injectable, type PipeTransform } from '@nestjs/common';
import { NonRetryableError } from '@millrace/worker';
import type { Welcome } from './welcome.js';

/** Writes addresses in one way, and refuses what is none: sending it again would not help. */
@Injectable()
export class AddressPipe implements PipeTransform<Welcome, Welcome> {
  transform(welcome: Welcome): Welcome {
    const address = welcome.address.trim().toLowerCase();
    if (/^\S+@\S+$/.test(address)) return { ...welcome, address };
    throw new NonRetryableError(`Expected a mail address, but found ${JSON.stringify(welcome.address)}.`);
  }
}
