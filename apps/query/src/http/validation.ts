import { StandardSchemaValidationPipe } from '@nestjs/common';
import { ServiceProblem, type ProblemFault } from '@millrace/nest-kit';
import type { z } from 'zod';

const faultsMax = 100;

/** Checks what a route declares with a zod schema; what does not fit is a 400 that names every fault. */
export function validation(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const faults = (issues as z.core.$ZodIssue[]).flatMap(faultsOf).slice(0, faultsMax);
      const detail = faults.map((fault) => fault.message).join(' ');
      return new ServiceProblem({ status: 400, code: 'request-invalid', detail, faults });
    },
  });
}

function faultsOf(issue: z.core.$ZodIssue): ProblemFault[] {
  const at = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const message = `Expected a usable ${at.join('.') || 'request'}, but: ${issue.message}.`;
    return [{ code: 'value-invalid', message, path: pointer(at) }];
  }
  return issue.keys.map((key) => ({
    code: 'field-unknown',
    message: `Expected known fields, but ${key} is none: remove it or correct its name.`,
    path: pointer([...at, key]),
  }));
}

/** JSON pointer (RFC 6901). */
function pointer(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
