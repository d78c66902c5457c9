import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/**
 * `() => Promise<boolean>`: is the session of this request still open? For what outlives a request, such as a stream of
 * events. Only on routes that are not public.
 */
export const SessionCheck = createParamDecorator(
  (_data: unknown, context: ExecutionContext): (() => Promise<boolean>) => {
    return context.switchToHttp().getRequest<{ isSessionOpen: () => Promise<boolean> }>().isSessionOpen;
  },
);
