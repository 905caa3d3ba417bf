import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';

/** Signs what the handler returns: the task's result is what the last interceptor gives. */
@Injectable()
export class SignedInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<object>): Observable<object> {
    return next.handle().pipe(map((result) => ({ ...result, signed: 'The Mill' })));
  }
}
