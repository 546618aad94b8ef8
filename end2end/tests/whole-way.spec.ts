import { everywhere } from '../fixtures/everywhere';
import { somebody } from '../fixtures/person';
import { test } from '../fixtures/test';
import { wholeWay } from '../fixtures/whole-way';

everywhere(() => {
  test('register, forget the password, recover, sign in', async ({ shopper, smtp }) => {
    await wholeWay(shopper, smtp, somebody());
  });
});
