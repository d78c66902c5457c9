import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import type { Principal } from './access.js';

/** The signed-in caller, put on the request by the access guard. Only on routes that are not public. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  return context.switchToHttp().getRequest<{ principal: Principal }>().principal;
});
