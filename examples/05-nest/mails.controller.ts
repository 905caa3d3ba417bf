import { Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { TaskHandler } from '@millrace/nestjs';
import type { TaskContext } from '@millrace/worker';
import { AddressPipe } from './address.pipe.js';
import { SignedInterceptor } from './signed.interceptor.js';
import { WantsMailGuard } from './wants-mail.guard.js';
import type { Welcome } from './welcome.js';

/** What this service handles. */
@Controller()
export class MailsController {
  @UseGuards(WantsMailGuard)
  @UseInterceptors(SignedInterceptor)
  @TaskHandler('mails.welcome')
  async welcome(@Payload(AddressPipe) { name, address }: Welcome, @Ctx() { attempt }: TaskContext) {
    if (name === 'Bob' && attempt === 1) throw new Error('The mail server is busy.');
    return { mail: `To ${address}: Hello, ${name}!` };
  }
}
