import type { User } from '../authorization/user.ts';
import type { Caller } from '../operations/operations.ts';
import type { Layout } from './answer.ts';
import type { HttpRequest } from './http-message.ts';
import type { Query } from './query.ts';

/** One request on its way: what has been found out about it so far, and what is to be told with the answer. */
export class Exchange implements Caller {
  readonly request: HttpRequest;
  readonly query: Query;
  readonly user: User;
  readonly layout: Layout;
  /** Undefined until there is something to warn of. */
  warnings: string[] | undefined;

  constructor(request: HttpRequest, query: Query, user: User, layout: Layout) {
    this.request = request;
    this.query = query;
    this.user = user;
    this.layout = layout;
  }

  get agent(): string {
    const agent = this.request.header('user-agent') ?? '';
    const slash = agent.indexOf('/');
    return (slash < 0 ? agent : agent.slice(0, slash)) || 'unknown';
  }

  warn = (text: string): void => {
    this.warnings ??= [];
    if (!this.warnings.includes(text)) this.warnings.push(text);
  };
}
