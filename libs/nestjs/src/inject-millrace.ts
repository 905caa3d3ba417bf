import { Inject } from '@nestjs/common';

/** What the `MillraceClient` is provided under. */
export const millraceClient = Symbol('millrace client');

/** Injects the `MillraceClient` of `MillraceModule`. */
export const InjectMillrace = (): ParameterDecorator & PropertyDecorator => Inject(millraceClient);
