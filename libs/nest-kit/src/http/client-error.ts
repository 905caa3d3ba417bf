import type { Socket } from 'node:net';
import { problemBody, type ProblemBody } from '@millrace/protocol/requests';

/** Answers what is no HTTP request, or none that arrived in time or fits, as problem+json, and ends the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(responseOf(problemOf(error.code)));
  socket.destroySoon();
}

function problemOf(code: string | undefined): ProblemBody {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const detail = 'Expected the whole request in time, but the rest of it did not come. Send it again.';
    return problemBody({ status: 408, code: 'request-timeout', detail });
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const detail = 'Expected shorter headers and a shorter URL, but together they are over 16 KiB.';
    return problemBody({ status: 431, code: 'headers-too-large', detail });
  }
  const detail = 'Expected an HTTP request, but the bytes are none.';
  return problemBody({ status: 400, code: 'http-malformed', detail });
}

function responseOf(problem: ProblemBody): string {
  const body = JSON.stringify(problem);
  return (
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}
