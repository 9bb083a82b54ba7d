import { listOf, mapOf, object, type Static, string } from '../machinery/index.ts';
import { authenticationName } from '../shared/openapi-names.ts';

export const userInfo = object(
  {
    username: string('Name of the user.'),
    uid: string('Identity that outlives a change of name.'),
    groups: listOf(string(), 'Groups of the user.'),
    extra: mapOf(listOf(string()), 'More that the authenticator knows.'),
  },
  'Who a user is.',
  authenticationName('UserInfo'),
);
export type UserInfo = Static<typeof userInfo>;
