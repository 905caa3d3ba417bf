import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { NonRetryableError } from '@millrace/worker';
import type { Welcome } from './welcome.js';

/** Lets nobody be written to who said no. A guard sees the input as it was requested, before the pipes. */
@Injectable()
export class WantsMailGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { name } = context.switchToRpc().getData<Welcome>();
    if (name !== 'Mallory') return true;
    throw new NonRetryableError(`${name} wants no mail.`);
  }
}
